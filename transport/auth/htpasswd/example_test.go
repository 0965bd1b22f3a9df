package htpasswd_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"example.com/khp/transport/auth"
	"example.com/khp/transport/auth/htpasswd"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "khp")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "users") // htpasswd -cbm users joe welcome
	if err := os.WriteFile(file, []byte("joe:$apr1$abcdefgh$2T2BfaLmc8ks8AHsfKJzj0\n"),
		0o600); err != nil {
		fmt.Println(err)
		return
	}
	users, err := htpasswd.Open(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = auth.BasicAuth{Realm: "demo", Check: users.Check} // for transport.Handler.Authenticator
	fmt.Println(users.Check(context.Background(), "joe", "welcome"),
		users.Check(context.Background(), "joe", "sesame"))
	// Output: true false
}

// A file that has changed is read again; one that cannot be understood changes nothing.
func ExampleFile_Reload() {
	dir, err := os.MkdirTemp("", "khp")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "users")
	_ = os.WriteFile(file, []byte("joe:$apr1$abcdefgh$2T2BfaLmc8ks8AHsfKJzj0\n"), 0o600)
	users, err := htpasswd.Open(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = os.WriteFile(file, []byte("joe\n"), 0o600)
	fmt.Println(users.Reload() != nil, users.Check(context.Background(), "joe", "welcome"))
	_ = os.WriteFile(file, []byte("jane:$apr1$abcdefgh$2T2BfaLmc8ks8AHsfKJzj0\n"), 0o600)
	fmt.Println(users.Reload(), users.Check(context.Background(), "joe", "welcome"),
		users.Check(context.Background(), "jane", "welcome"))
	// Output:
	// true true
	// <nil> false true
}
