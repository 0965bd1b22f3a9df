package main

import (
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/stretchr/testify/require"
)

// Mistakes that read like settings are found before anything is served, with their lines and
// without secrets.
func TestCheck_Mistakes(t *testing.T) {
	route := func(keys string) string { return "routes:\n  /a:\n    target: echo\n    " + keys + "\n" }
	for text, want := range map[string]string{
		"limits: {fields: 0}": "khp.yaml:1: limits fields 0: " +
			"it cannot be switched off",
		"timeouts:\n  request: 0": "khp.yaml:2: timeouts request 0: " +
			"it cannot be switched off",
		"opening-timeout: 0s": "khp.yaml:1: opening-timeout 0s: " +
			"it cannot be switched off",
		route("timeouts: {replay: 0}"): "khp.yaml:4: " +
			"routes /a timeouts replay 0: it cannot be switched off",
		"hosts: \"h:99999\"": "khp.yaml:1: " +
			"hosts h:99999: its port is not a number from 1 to 65535",
		"max-message: 010k": "khp.yaml:1: max-message 010k: " +
			"expected a number of bytes",
		"listeners: [{address: :8001}]": "khp.yaml:1: a value that begins with a mark such as " +
			": or , has to stand in quotes",
		"listen: unix:/does/not/exist/khp.sock": "khp.yaml:1: listen unix:/does/not/exist/khp.sock: " +
			"its directory does not exist",
		"metrics: unix:/": "khp.yaml:1: metrics unix:/: " +
			"something else than a socket has that path",
		"routes: {/a: \"ws://h/,\"}": "khp.yaml:1: routes /a: target ws://h/,: a comma has no back end",
		route(
			"auth: {users: hunter2}"): "khp.yaml:4: routes /a auth: users ...: expected USER:PASSWORD, " +
			"as in joe:welcome",
		route(
			"auth: {users: \"/a=joe:hunter2\"}"): "khp.yaml:4: routes /a auth: users /a=joe:...: " +
			"a user begins with no slash",
		route(
			"auth: {users: \"joe:${hunter2\"}"): "khp.yaml:4: routes /a auth: users joe:...: " +
			"a ${VARIABLE} stands for the whole password",
		route(
			"auth: {users: \"joe:x${hunter2}\"}"): "khp.yaml:4: routes /a auth: users joe:...: " +
			"a ${VARIABLE} stands for the whole password",
		route(
			"auth: {scheme: token, users: [\"joe:hunter2\", \"ann:hunter2\"]}"): "khp.yaml:4: " +
			"routes /a auth: users ann:...: joe has the same token at /a",

		"scheme: bearer\nauth: {/a: [\"joe:hunter2\", \"ann:hunter2\"]}\n" +
			"route: {/a: echo}": "khp.yaml:2: auth /a=ann:...: joe has the same token at /a",
		route(
			"auth: {url: \"http://h:99999/\"}"): "khp.yaml:4: routes /a auth: url http://h:99999/: " +
			"its port is not a number from 1 to 65535",
		"routes: {/a: {target: \"ws://h/\", user-field: X-User}}": "khp.yaml:1: routes /a: " +
			"user-field X-User: nobody is asked for credentials at this route",

		"routes:\n  /a: {target: echo, auth: {users: \"j:hunter2\"}}\n" +
			"  /a/: {target: echo, auth: {users: \"j:x\"}}": "/a already, " +
			"there or at the same path with a slash at its end",
	} {
		code, _, errs := runHere(t, "", "serve",
			"--check", "--config", khptest.File(t, "khp.yaml", text+"\n"))
		require.Equal(t, cli.ExitUsage, code, text)
		require.Contains(t, errs, want)
		require.NotContains(t, errs, "hunter2")
	}
	for _, text := range []string{
		"routes: {/: {target: \"ws://h/\", user-field: X-User}, /a: {target: echo, auth: " +
			"{users: \"j:w\"}}}",
		"routes:\n  /a/: {target: echo, auth: {users: \"j:w\"}}\n  /a/b: {target: \"ws://h/x,y\", " +
			"user-field: X-User}",
		route("auth: {users: [\"joe:w\", \"ann:w\"]}"), // passwords, which belong to their users
	} {
		code, _, errs := runHere(t, "", "serve",
			"--check", "--config", khptest.File(t, "khp.yaml", text+"\n"))
		require.Equal(t, cli.ExitOK, code, errs)
	}
}
