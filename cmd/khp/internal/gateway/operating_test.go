package gateway

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/gateway/metrics"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// operatingPage is the operator's page, with the one that says more.
func operatingPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../../../docs/operating.md")
	require.NoError(t, err)
	more, err := os.ReadFile("../../../../docs/serve.md")
	require.NoError(t, err)
	return string(text) + string(more)
}

// TestOperating_LogLines finds every message that khp serve may log in the page.
func TestOperating_LogLines(t *testing.T) {
	page := operatingPage(t)
	found := 0
	for _, dir := range []string{".", "target", "../../../../transport"} {
		for _, message := range messagesOf(t, dir) {
			if strings.HasPrefix(message, "transport.Handler.Serve is not set") ||
				strings.HasPrefix(message, "the connection cannot be taken over") {
				continue // mistakes in Go code, which khp serve does not make
			}
			found++
			if !strings.Contains(page, "`"+message+"`") {
				t.Errorf("docs/operating.md and docs/serve.md do not say what %q means", message)
			}
		}
	}
	require.Greater(t, found, 15, "the search finds what is logged")
	// not literals of the call
	for _, outcome := range []string{"refused", "redirected", "handshake failed"} {
		require.Contains(t, page, "`"+outcome+"`")
	}
}

// messagesOf returns the literal messages of slog calls in the package in dir.
func messagesOf(t *testing.T, dir string) (list []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !slogMethod.MatchString(method.Sel.Name) {
				return true
			}
			if from, ok := method.X.(*ast.Ident); ok && from.Name == "http" {
				return true // http.Error
			}
			for _, arg := range call.Args[:min(len(call.Args), 3)] {
				if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, err := strconv.Unquote(lit.Value)
					require.NoError(t, err)
					list = append(list, text)
					break
				}
			}
			return true
		})
	}
	return list
}

var slogMethod = regexp.MustCompile(`^(Debug|Info|Warn|Error|Log)(Context|Attrs)?$`)

// TestOperating_Metrics finds every metric of ours in the page, and none that does not exist.
func TestOperating_Metrics(t *testing.T) {
	page := operatingPage(t)
	m := metrics.New()
	(&gateway{metrics: m}).measure()
	m.Traffic("/").Receive(1, 1)
	m.BackendFailed("/", "lost")
	m.Backend("/", "ws://h/").Connected(0)
	m.Reloaded(true)
	m.LineDropped("log")
	m.LoginFailed("/", metrics.LoginWrong)
	m.Started("1", "go1")
	m.Certificates(map[string]time.Time{"cert.pem": time.Now()})
	m.Observe(transport.Event{Kind: transport.EventReceiveOpening, Conn: 1})
	m.Observe(transport.Event{Kind: transport.EventOpen, Conn: 1})
	m.Observe(transport.Event{Kind: transport.EventReceiveOpening, Conn: 2})
	m.Observe(transport.Event{Kind: transport.EventFail, Conn: 2,
		Err: &endpoint.HandshakeError{Failure: fsm.FailureTimeout}})
	served := httptest.NewRecorder()
	m.Handler().ServeHTTP(served, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	exist := map[string]bool{}
	for _, name := range regexp.MustCompile(`(?m)^# TYPE (khp_\w+) `).
		FindAllStringSubmatch(served.Body.String(), -1) {
		exist[name[1]] = true
		require.True(t, strings.Contains(page, "`"+name[1]+"`"),
			"docs/operating.md and docs/serve.md do not mention %s", name[1])
	}
	require.NotEmpty(t, exist)
	board, err := os.ReadFile("../../../../docs/deploy/grafana.json")
	require.NoError(t, err)
	require.True(t, json.Valid(board))
	for where, text := range map[string]string{"docs/operating.md, docs/serve.md": page,
		"docs/deploy/grafana.json": string(board)} {
		for _, name := range regexp.MustCompile(`khp_[a-z_]+`).FindAllString(text, -1) {
			series := regexp.MustCompile(`_(bucket|count|sum)$`).ReplaceAllString(name, "")
			require.True(t, exist[name] || exist[series], "%s in %s does not exist", name, where)
		}
	}
	for name := range exist { // the board leaves none out
		require.True(t, strings.Contains(string(board), name),
			"docs/deploy/grafana.json does not show %s", name)
	}
	problems, err := promlint.New(strings.NewReader(served.Body.String())).Lint()
	require.NoError(t, err)
	require.Empty(t, problems, "promtool check metrics would complain")
}

// TestOperating_Settings loads the page's example, and looks up the settings that its table names.
func TestOperating_Settings(t *testing.T) {
	page := operatingPage(t)
	example := regexp.MustCompile("(?s)```yaml\n(   # khp.yaml.*?)```").FindStringSubmatch(page)
	require.NotNil(t, example)
	text := strings.ReplaceAll(strings.ReplaceAll(example[1], "\n   ", "\n"), "/etc/khp/users",
		khptest.File(t, "users", "joe:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n"))
	o := newOptions()
	require.NoError(t, o.flags.Set("config", khptest.File(t, "khp.yaml", text)))
	o, err := readOptions(o.flags)
	require.NoError(t, err)
	_, err = o.rules(&gateway{})
	require.NoError(t, err)

	known := map[string]bool{}
	for _, part := range []reflect.Type{reflect.TypeFor[config.Config](),
		reflect.TypeFor[config.Route](), reflect.TypeFor[config.Auth]()} {
		for _, k := range config.Keys(part) {
			known[k.Name] = true
		}
	}
	named := 0
	table, _, _ := strings.Cut(page[strings.Index(page, "| in gateway-config.xml"):], "\n\n")
	for row := range strings.Lines(table) {
		cells := strings.Split(row, " | ")
		if len(cells) < 2 {
			continue
		}
		for _, m := range regexp.MustCompile("`([a-z-]+)(?:`|: )").FindAllStringSubmatch(cells[1], -1) {
			if m[1] != "echo" && m[1] != "balance" {
				named++
				require.True(t, known[m[1]], "%s is no setting", m[1])
			}
		}
	}
	require.Greater(t, named, 10)
	o.flags.VisitAll(func(f *pflag.Flag) {
		if !strings.Contains(page, f.Name) {
			t.Errorf("docs/operating.md and docs/serve.md do not mention %s", f.Name)
		}
	})
}
