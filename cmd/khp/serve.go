package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// serveOptions are the flags of khp serve.
type serveOptions struct {
	listen  string
	routes  []string
	auth    []string
	files   []string
	realm   string
	scheme  string
	idle    time.Duration
	drain   time.Duration
	cert    string
	key     string
	origins []string
	metrics string
	trace   string
	log     string
	verbose bool
}

func (c *cli) serveCommand() *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve KHP clients, in a gateway's place",
		Long: `Serve accepts KHP clients and leads each to the target of its path:

  echo                    sends every message back
  ws://..., wss://...     a WebSocket back end: messages and close codes pass in
                          both directions, the back end selects the subprotocol
  tcp://host:port         a TCP back end: its bytes are binary messages
  redirect:URL            302, to a URL or to a path on this server
  balance:URL[,URL...]    sends clients to the URLs in turn, past servers that accept no connection
  status:CODE             answers with that code and the fields it requires

A PATH stands for itself, one that ends in / for everything below it too; the
longest one that fits counts. Anything else is answered with 404. Without
--route every path is an echo. Paths are compared in a normal form: without dot
segments, and with escapes decoded that are not needed.

--auth guards more rather than less: it compares that form, and the one that a
careless back end may see, with every escape decoded (also of / and \), slashes
merged and dot segments removed after that. So //a, /x/..%2fa and /a%2fb are
guarded by --auth /a, and credentials must do for both forms.

Clients that follow the specification and Kaazing's own (whose URL carries
.kl=Y) are both served; each connection tells which it is.

Once it listens, one line with the URL goes to stdout; the log goes to stderr.
GET /healthz is answered with 200 by plain HTTP.
The first SIGINT or SIGTERM drains: open connections are closed with 1001,
handshakes are answered with 503. The second one drops what is left.`,
		Example: `  khp serve
  khp serve --listen :8001 --route /echo=echo --route /jms=tcp://localhost:61613
  khp serve --route /chat=ws://10.0.0.7:9000/chat --auth /chat=joe:welcome
  khp serve --tls-cert cert.pem --tls-key key.pem --allow-origin https://*.example.com
  khp serve --route /a=balance:ws://one.example/a,ws://two.example/a --metrics 127.0.0.1:9090
  khp serve --route /teapot=status:418 --trace handshakes.ndjson -v`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return c.serve(&o) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.listen, "listen", "127.0.0.1:8080", "address to listen on, `HOST:PORT`; port 0 takes a free one")
	f.StringArrayVar(&o.routes, "route", nil, "lead a path to a target, `PATH=TARGET` (repeat)")
	f.StringArrayVar(&o.auth, "auth", nil, "ask for credentials at this path and everything below, `PATH=USER:PASSWORD` (repeat for more users)")
	f.StringArrayVar(&o.files, "htpasswd", nil, "the same with the users of a file that htpasswd makes, `PATH=FILE` (repeat for more paths)")
	f.StringVar(&o.realm, "realm", defaultRealm, "realm of the challenge, `NAME`")
	f.StringVar(&o.scheme, "scheme", "basic", "scheme of the challenge: `basic|token`; a token is equal to PASSWORD")
	f.DurationVar(&o.idle, "idle-timeout", 0, "close open connections without messages after this `TIME`, and keep clients content that ask for x-kaazing-idle-timeout; 0 does neither")
	f.DurationVar(&o.drain, "drain-timeout", 10*time.Second, "how much `TIME` connections get to end after the first signal")
	f.StringVar(&o.cert, "tls-cert", "", "serve wss with this certificate, `FILE` in PEM")
	f.StringVar(&o.key, "tls-key", "", "key of the certificate, `FILE` in PEM")
	f.StringArrayVar(&o.origins, "allow-origin", nil, "let pages of other origins in, `PATTERN`: host or scheme://host[:port], * for any characters (repeat)")
	f.StringVar(&o.metrics, "metrics", "", "serve Prometheus metrics on http://`HOST:PORT`/metrics")
	f.StringVar(&o.trace, "trace", "", "write every step of every handshake to `FILE`, one JSON object per line (overwritten; credentials and cookies are left out, URLs have their queries)")
	f.StringVar(&o.log, "log", "text", "form of the log on stderr: `text|json`")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "log every step of every handshake")
	return cmd
}

// newLogger makes the log of --log.
func newLogger(w io.Writer, form string, verbose bool) (*slog.Logger, error) {
	o := &slog.HandlerOptions{}
	if verbose {
		o.Level = slog.LevelDebug
	}
	switch form {
	case "text":
		return slog.New(slog.NewTextHandler(w, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, o)), nil
	}
	return nil, usagef("--log %s: expected text or json", form)
}

// tlsConfig loads the certificate; nil if there is none.
func (o *serveOptions) tlsConfig() (*tls.Config, error) {
	switch {
	case o.cert == "" && o.key == "":
		return nil, nil
	case o.cert == "":
		return nil, usagef("--tls-key needs --tls-cert as well")
	case o.key == "":
		return nil, usagef("--tls-cert needs --tls-key as well")
	}
	pair, err := tls.LoadX509KeyPair(o.cert, o.key)
	if err != nil {
		return nil, usagef("--tls-cert %s, --tls-key %s: %s; expected a certificate and its key in PEM", o.cert, o.key, strings.TrimPrefix(err.Error(), "tls: "))
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"}}, nil
}

// listen opens a listener; flag names the flag that the address comes from.
func listen(flag, addr string) (net.Listener, error) {
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil || port == "" {
		return nil, usagef("%s %s: expected HOST:PORT, as in 127.0.0.1:8080 or :8080", flag, addr)
	}
	ln, err := net.Listen("tcp", addr)
	if err == nil {
		return ln, nil
	}
	why, try := err.Error(), "choose another address with "+flag
	var op *net.OpError
	if errors.As(err, &op) {
		why = op.Err.Error()
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		why, try = "another program listens there", fmt.Sprintf("stop it, or choose another port with %s", flag)
	case errors.Is(err, syscall.EACCES):
		why, try = "permission denied", fmt.Sprintf("ports below 1024 may need privileges; choose another with %s", flag)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		why, try = "this machine does not have that address", fmt.Sprintf("choose another with %s", flag)
	}
	return nil, failf(exitFailed, "cannot listen on %s: %s; %s", addr, why, try)
}
