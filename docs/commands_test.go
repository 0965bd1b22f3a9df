package docs

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/khp/internal/shown"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/stretchr/testify/require"
)

// pages returns the text of each page that says how things are now, by name.
func pages(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	for _, pattern := range []string{"../*.md", "*.md", "*/*.md"} {
		names, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, name := range names {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			pages[name] = string(text)
		}
	}
	delete(pages, "../CHANGELOG.md")
	require.Contains(t, pages, "operating.md")
	return pages
}

var (
	consoles = regexp.MustCompile("(?ms)^ *```(?:console|sh)\n(.*?)^ *```$")
	blocks   = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	inline   = regexp.MustCompile("`([^`\n]+)`")
	joints   = regexp.MustCompile(` (?:&&|\|\|?|;|<) `)
	starts   = regexp.MustCompile(`^(?:\./)?(khp|make|go)$`)
)

// commandsOf returns the commands of a page, split into words: those of console blocks and those
// inside of sentences.
func commandsOf(page string) (list [][]string) {
	var lines []string
	for _, m := range consoles.FindAllStringSubmatch(page, -1) {
		lines = append(lines, strings.Split(strings.ReplaceAll(m[1], "\\\n", " "), "\n")...)
	}
	for _, m := range inline.FindAllStringSubmatch(blocks.ReplaceAllString(page, ""), -1) {
		lines = append(lines, m[1])
	}
	for _, line := range lines {
		line, _, _ = strings.Cut(line, " #")
		for _, part := range joints.Split(strings.TrimPrefix(strings.TrimSpace(line), "$ "), -1) {
			if w := strings.Fields(part); len(w) > 1 && starts.MatchString(w[0]) {
				list = append(list, w)
			}
		}
	}
	return list
}

// helps are the helps of khp's commands, by their words.
type helps struct {
	bin  string
	text map[string]string
}

// of returns the longest command that words begin with, and its help.
func (h *helps) of(words []string) (command, help string) {
	for i := 0; i <= len(words) && i <= 2; i++ {
		name := strings.Join(words[:i], " ")
		if i > 0 && !regexp.MustCompile(`^[a-z]+$`).MatchString(words[i-1]) {
			break
		}
		text, ok := h.text[name]
		if !ok {
			out, _ := exec.Command(h.bin, append(slices.Clone(words[:i]), "--help")...).Output()
			text = string(out)
			h.text[name] = text
		}
		if text == "" || text == help {
			break
		}
		command, help = name, text
	}
	return command, help
}

// Every command that a page names is there: of khp with its flags, of make, and the folders that go
// runs. TestREADME_Commands runs those of the README.
func TestPages_Commands(t *testing.T) {
	makefile, err := os.ReadFile("../Makefile")
	require.NoError(t, err)
	h := &helps{filepath.Join(t.TempDir(), "khp"), map[string]string{}}
	run(t, "go build -o "+h.bin+" ./cmd/khp")
	flag := regexp.MustCompile(`^(--[a-z-]+|-[a-zA-Z])(=|$)`)
	n := 0
	for name, page := range pages(t) {
		for _, words := range commandsOf(page) {
			n++
			line := strings.Join(words, " ")
			switch strings.TrimPrefix(words[0], "./") {
			case "khp":
				command, help := h.of(words[1:])
				require.True(t, command != "" || strings.HasPrefix(words[1], "-"), "%s: %s", name, line)
				for _, w := range words[1:] {
					if m := flag.FindStringSubmatch(w); m != nil {
						require.Regexp(t, regexp.QuoteMeta(m[1])+`\b`, help, "%s: %s", name, line)
					}
				}
			case "make":
				for _, w := range words[1:] {
					if !strings.Contains(w, "=") {
						require.Regexp(t, `(?m)^[a-z -]*\b`+regexp.QuoteMeta(w)+`\b[a-z -]*:`, string(makefile),
							"%s: %s", name, line)
					}
				}
			case "go":
				for _, w := range words[2:] {
					if dir, ok := strings.CutPrefix(strings.TrimSuffix(w, "/..."), "./"); ok &&
						dir != "PACKAGE" && !strings.HasSuffix(name, "performance.md") { // below bench
						require.DirExists(t, filepath.Join("..", dir), "%s: %s", name, line)
					}
				}
			}
		}
	}
	require.Greater(t, n, 100)
}

// The output of commands that pages show is their output. TestDrill of package fsm compares the
// blocks that need a changed table, sim/script the scenarios, TestREADME_Commands the README.
func TestPages_Outputs(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "khp")
	run(t, "go build -o "+bin+" ./cmd/khp")
	output := func(args ...string) string {
		out, _ := exec.CommandContext(t.Context(), bin, args...).Output()
		return string(out)
	}
	same := func(t *testing.T, page, command, got string) {
		t.Helper()
		want, ok := shown.Output(pages(t)[page], command)
		require.True(t, ok, "%s has no %s", page, command)
		require.True(t, shown.Matches(want, got), "%s shows\n%s\nbut it is\n%s", page, want, got)
	}
	t.Run("replay", func(t *testing.T) {
		script, err := os.ReadFile("../cmd/khp/testdata/script/replay.txtar")
		require.NoError(t, err)
		_, rest, _ := strings.Cut(string(script), "-- wrong.ndjson --\n")
		trace, _, _ := strings.Cut(rest, "-- ")
		name := filepath.Join(t.TempDir(), "wrong.ndjson")
		require.NoError(t, os.WriteFile(name, []byte(trace), 0o600))
		same(t, "traces.md", "khp replay wrong.ndjson", output("replay", name))
	})
	t.Run("conform", func(t *testing.T) {
		address := textTerminator(t)
		got := output("conform", "server", "ws://"+address+"/echo", "--run", "khp/ext/101/*")
		same(t, "conform.md", "khp conform server ws://127.0.0.1:8080/echo",
			strings.ReplaceAll(got, address, "127.0.0.1:8080"))
	})
	t.Run("explore", func(t *testing.T) {
		if testing.Short() {
			t.Skip("takes seconds")
		}
		same(t, "verification.md", "go run ./cmd/khp explore --bounds small", output("explore",
			"--bounds", "small", "--model", "byzantine-server", "--fault", "lost-credential-timer"))
	})
}

// textTerminator is a server that ends its responses with an empty message of text. It returns its
// address.
func textTerminator(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	upgrader := ws.Upgrader{
		Protocol: func(p []byte) bool { return string(p) == "x-kaazing-handshake" }}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				if _, err := upgrader.Upgrade(c); err != nil {
					return
				}
				if _, _, err := wsutil.ReadClientData(c); err == nil {
					_ = wsutil.WriteServerBinary(c, []byte("HTTP/1.1 101 Switching Protocols\r\n\r\n"))
					_ = wsutil.WriteServerText(c, nil)
					_, _, _ = wsutil.ReadClientData(c)
				}
			}()
		}
	}()
	return l.Addr().String()
}
