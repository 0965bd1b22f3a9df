package conform

import (
	"context"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/listen"
	"example.com/khp/internal/conform"
	"example.com/khp/internal/terminal"
	"example.com/khp/wire"
	"github.com/spf13/cobra"
	"golang.org/x/net/idna"
)

// serverCommand is khp conform server.
func serverCommand(c *cli.Env) *cobra.Command {
	o := &options{profile: "spec"}
	var resources []string
	user, insecure, parallel := conform.User, false, 4
	cmd := &cobra.Command{
		Use:   "server URL",
		Short: "Test a KHP server",
		Long: `Server is a client to the KHP server at URL, and tries it with the cases. The
resource at URL accepts every request and sends each message back.

Cases that need more say so; name what there is with --resource NAME=PATH:
` + resourceHelp() + `
Redirects are looked at, and never followed: nothing is sent to another address.`,
		Example: `  khp conform server ws://127.0.0.1:8080/echo
  khp conform server wss://gw.example/echo --profile kaazing \
    --resource challenge=/members --user joe:welcome
  khp conform server ws://127.0.0.1:8080/ --expect known.txt --junit conform.xml
  khp conform server ws://127.0.0.1:8080/ --run 'khp/ext/401/*' -v`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 && !o.list {
				return cli.Usagef("khp conform server takes one URL, got %s; "+
					"as in khp conform server ws://127.0.0.1:8080/", cli.Plural(len(args), "argument"))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if o.list {
				return o.run(c, part{server: true, profile: o.profile})
			}
			t, err := target(args[0], resources, user)
			if err != nil {
				return err
			}
			if parallel < 1 || parallel > 100 {
				return cli.Usagef("--parallel %d: expected a number from 1 to 100", parallel)
			}
			if insecure {
				t.TLS = &tls.Config{InsecureSkipVerify: true} // as --insecure asks
			}
			again := fmt.Sprintf("khp conform server %s --profile %s%s",
				args[0], o.profile, t.flags(insecure))
			return o.run(c, part{true, o.profile,
				func(ctx context.Context, list []conform.Selected, co conform.Options) (*conform.Run, error) {
					co.Parallel = parallel
					return conform.Server(ctx, t.Target, list, co), nil
				}, again})
		},
	}
	o.addFlags(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&resources, "resource", nil,
		"where the server has something that cases need: `NAME=PATH`; repeat it for more")
	f.StringVar(&user, "user", user, "`NAME:PASSWORD` that the resource challenge accepts")
	f.BoolVar(&insecure, "insecure", false, "do not check the certificate of the server")
	f.IntVar(&parallel, "parallel", parallel, "run `N` cases at the same time")
	return cmd
}

func resourceHelp() string {
	var b strings.Builder
	for _, r := range conform.Resources {
		for i, line := range terminal.Wrap(r.Text, terminal.Columns-13) {
			name := r.Name
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(&b, "  %-10s %s\n", name, line)
		}
	}
	return b.String()
}

// checked is a target from the command line.
type checked struct{ *conform.Target }

// target reads the URL and the resources of a server.
func target(rawURL string, resources []string, user string) (*checked, error) {
	u, err := wire.ParseURL(rawURL, idna.Lookup.ToASCII)
	if meant := cli.MeantURL(rawURL); err != nil && meant != "" {
		return nil, cli.Usagef("%s: not an absolute URL; did you mean %s?", cli.Quoted(rawURL), meant)
	}
	if err != nil {
		return nil,
			cli.Usagef("%s: %s; expected ws://host[:port]/path or wss://..., as in ws://127.0.0.1:8080/",
				cli.Quoted(rawURL), cli.URLError(err))
	}
	if name, _, ok := strings.Cut(user, ":"); !ok || name == "" {
		return nil, cli.Usagef("--user: expected NAME:PASSWORD")
	}
	t := &conform.Target{URL: u, Resources: map[string]string{}, User: user}
	for _, r := range resources {
		name, path, ok := strings.Cut(r, "=")
		switch {
		case !ok || !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " \t\r\n\"#$"):
			return nil, cli.Usagef("--resource %s: expected NAME=PATH, as in challenge=/members", r)
		case !slices.Contains(conform.ResourceNames(), name):
			return nil, cli.Usagef("--resource %s: there is no resource %q; expected one of %s",
				r, name, strings.Join(conform.ResourceNames(), ", "))
		case t.Resources[name] != "":
			return nil, cli.Usagef("--resource %s: %s is given twice", r, name)
		}
		t.Resources[name] = path
	}
	return &checked{t}, nil
}

// flags are those that say the same again, without secrets.
func (t *checked) flags(insecure bool) string {
	s := ""
	for _, name := range conform.ResourceNames() {
		if path := t.Resources[name]; path != "" {
			s += " --resource " + name + "=" + path
		}
	}
	if t.User != conform.User {
		s += " --user ..."
	}
	if insecure {
		s += " --insecure"
	}
	return s
}

// clientCommand is khp conform client.
func clientCommand(c *cli.Env) *cobra.Command {
	o := &options{profile: "spec"}
	address, idle := "127.0.0.1:9001", cli.Duration(time.Minute)
	cmd := &cobra.Command{
		Use:   "client",
		Short: "Test a KHP client",
		Long: `Client is a server that your client is looped over: it connects to
ws://ADDR/case/ID for each case, one after the other. http://ADDR/cases.txt
lists the URLs; http://ADDR/ shows the results as they come.

The client offers the subprotocols x-kaazing-handshake and chat, answers a
challenge with the Basic credentials joe:welcome, and, once open, sends every
message back until the connection ends.

It ends when all cases have a result, or when the client stays away for --idle.`,
		Example: `  khp conform client
  khp conform client --listen 127.0.0.1:9001 --profile kaazing \
    --junit conform.xml
  for url in $(curl -s http://127.0.0.1:9001/cases.txt); do
    my-echo-client "$url"
  done`,
		Args: cli.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			if o.list {
				return o.run(c, part{server: false, profile: o.profile})
			}
			if why := listen.CheckTCP(address); why != "" {
				return cli.Usagef("--listen %s: %s", address, why)
			}
			l, err := listen.Listen("--listen", address)
			if err != nil {
				return err
			}
			defer func() { _ = l.Close() }()
			again := fmt.Sprintf("khp conform client --listen %s --profile %s", address, o.profile)
			return o.run(c, part{false, o.profile,
				func(ctx context.Context, list []conform.Selected, co conform.Options) (*conform.Run, error) {
					_, err := fmt.Fprintf(c.Stderr, "waiting for a client at ws://%s/case/ID; "+
						"the cases are in http://%[1]s/cases.txt, the results at http://%[1]s/\n", l.Addr())
					if err != nil {
						return nil, err
					}
					co.Idle = time.Duration(idle)
					return conform.Client(ctx, l, list, co), nil
				}, again})
		},
	}
	o.addFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&address, "listen", address, "where to wait for the client, as `HOST:PORT`")
	f.Var(&idle, "idle",
		"end when the client has not come for this `TIME`, as in 30s; 0 waits for ever")
	return cmd
}

// selfCommand is khp conform self.
func selfCommand(c *cli.Env) *cobra.Command {
	o := &options{}
	cmd := &cobra.Command{
		Use:   "self",
		Short: "Test khp itself, in both roles and both profiles",
		Long: `Self tries khp's own server and client with all cases, on loopback. --profile
and --run choose some.`,
		Example: "  khp conform self\n  khp conform self --profile kaazing --html self.html",
		Args:    cli.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			var parts []part
			for _, server := range []bool{true, false} {
				for _, profile := range []string{"spec", "kaazing"} {
					if o.profile != "" && o.profile != profile {
						continue
					}
					parts = append(parts, part{server, profile,
						func(ctx context.Context, list []conform.Selected, co conform.Options) (*conform.Run, error) {
							return conform.Self(ctx, server, profile, list, co)
						}, "khp conform self --profile " + profile})
				}
			}
			return o.run(c, parts...)
		},
	}
	o.addFlags(cmd)
	return cmd
}
