package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/transport"
	"example.com/khp/wire"
	"github.com/spf13/cobra"
)

// dialOptions are the flags of khp dial.
type dialOptions struct {
	profile      string
	protocols    []string
	extensions   []string
	user         string
	token        string
	header       []string
	opening      []string
	send         []string
	sendFiles    []string
	binary       bool
	raw          bool
	count        int
	wait         cli.Duration
	closing      string
	maxRedirects int
	timeout      cli.Duration
	plain        bool
	insecure     bool
	connectTo    string
	proxy        string
	retry        int
	trace        string
	json         bool
	history      string
	verbose      bool
}

func dialCommand(c *cli.Env) *cobra.Command {
	var o dialOptions
	cmd := &cobra.Command{
		Use:   "dial URL",
		Short: "Connect to a KHP server, by hand or from a script",
		Long: `Dial connects to a ws:// or wss:// URL, follows redirects, answers challenges,
and then talks: each line of stdin is sent as a text message, each message that
comes is printed as a line, binary ones in hexadecimal. The end of stdin closes
with 1000, after the answers that are still on their way. http:// and https://
stand for ws:// and wss://. Characters that would control a terminal, turn text around
or be invisible are printed as escapes, such as \x1b or \u202e, to a pipe as well;
--json and --raw are exact.

At a terminal lines of up to 4096 characters can be edited, the arrow keys bring back
earlier ones (--history keeps them for the next time), and Ctrl-D closes. Lines from
a pipe have up to 16 MiB; a message of any size comes from --send-file.

With --send (or --send-file) it sends each, waits for an answer to each, prints
that, and closes.

The fields of --header and --opening-header, whatever they are, go to the scheme,
host and port of the URL only; a redirect to another place goes without them, and
credentials of --user and --token are sent to no other place either. -v and --trace
show them as [redacted].

With --json the event close tells what the peer closed with in code and reason,
and what was sent to it in sent and sent_reason; 1005 is a Close without a code.

Exit codes: 0 done, also if the server closed with 1000, with 1001 (it goes away) or
without a code when all that --send sent was answered; 1 the handshake failed, or
the connection broke, closed otherwise or before an answer; 2 usage; 3 the target
cannot be reached.`,
		Example: `  khp dial ws://127.0.0.1:8080/
  khp dial ws://127.0.0.1:8080/ --send hello --send world
  khp dial ws://127.0.0.1:8080/a --user joe:welcome -v
  khp dial wss://gateway.example/jms --profile kaazing --protocol x-kaazing-jms
  khp dial ws://127.0.0.1:8080/ --send-file picture.png --binary --raw > copy.png
  khp dial ws://127.0.0.1:8080/ --send ping --count 1000 --json | jq .event`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Usagef("khp dial takes one URL, got %d, as in khp dial ws://127.0.0.1:8080/; see khp dial --help", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return dial(c, args[0], &o) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.profile, "profile", "spec", "how the server speaks KHP: `spec|kaazing|auto`")
	f.StringArrayVar(&o.protocols, "protocol", nil, "offer this application `SUBPROTOCOL` (repeat, best first)")
	f.StringArrayVar(&o.extensions, "extension", nil, "ask for this `EXTENSION`, with parameters (repeat); x-kaazing-idle-timeout and x-kaazing-ping-pong are also run")
	f.StringVar(&o.user, "user", "", "answer Basic and Digest challenges, `NAME:PASSWORD`")
	f.StringVar(&o.token, "token", "", "answer Token and Bearer challenges, `TEXT`")
	f.StringArrayVar(&o.header, "header", nil, "further field of the extended request, `'NAME: VALUE'`; does not follow redirects to other servers (repeat)")
	f.StringArrayVar(&o.opening, "opening-header", nil, "further field of the opening request, such as Origin or Cookie, `'NAME: VALUE'`; does not follow redirects to other servers (repeat)")
	f.StringArrayVar(&o.send, "send", nil, "send this `TEXT` and print the answer (repeat)")
	f.StringArrayVar(&o.sendFiles, "send-file", nil, "send the content of this `FILE` as one message, after the texts (repeat)")
	f.BoolVar(&o.binary, "binary", false, "send everything as binary messages")
	f.BoolVar(&o.raw, "raw", false, "print nothing but the bytes of the messages")
	f.IntVar(&o.count, "count", 1, "send all of it `N` times")
	o.wait = cli.Duration(defaultWait)
	f.Var(&o.wait, "wait", "how much `TIME` an answer may take, and the server to read a message, as in 500ms or 1m; 0 does not wait for answers")
	f.StringVar(&o.closing, "close", "1000", "close with this `CODE[:REASON]`")
	f.IntVar(&o.maxRedirects, "max-redirects", 5, "follow at most `N` redirects, 0 to 20")
	f.Var(&o.timeout, "timeout", "how much `TIME` the whole attempt may take, redirects included, as in 30s")
	f.BoolVar(&o.plain, "plain", false, "be content with a plain WebSocket if the server does not speak KHP")
	f.BoolVar(&o.insecure, "insecure", false, "do not check the certificate of the server")
	f.StringVar(&o.connectTo, "connect-to", "", "make every TCP connection to `HOST:PORT`, whatever the URL or a redirect says")
	f.StringVar(&o.proxy, "proxy", "env", "go through this HTTP proxy, `URL|env|none`; env is what HTTP_PROXY, HTTPS_PROXY and NO_PROXY say")
	f.IntVar(&o.retry, "retry", 1, "try `N` times in all, with growing pauses, after what passes in a restart: a connection that is refused, reset or dropped, no answer in time, Close 1001, 1012 or 1013, and 408, 429, 502, 503, 504 or any Retry-After (but no other 4xx); -1 tries until --timeout or Ctrl-C")
	f.StringVar(&o.trace, "trace", "", "write every step of the handshake to `FILE`, one JSON object per line (overwritten; credentials and cookies are left out, URLs have their queries)")
	f.BoolVar(&o.json, "json", false, "print one JSON object per line: events open, message, close and fail")
	f.StringVar(&o.history, "history", "", "keep the lines typed at a terminal in `FILE`")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "show the handshake on stderr, with the time since the start; secrets are left out")
	return cmd
}

// request is a checked command line.
type request struct {
	url       string
	options   transport.DialOptions
	messages  [][]byte // of --send and --send-file
	send      bool     // there are any
	kind      transport.MessageType
	closeCode uint16
	closeText string
}

// request checks the flags.
func (o *dialOptions) request(rawURL string) (*request, error) {
	r := &request{url: rawURL, kind: transport.Text, send: len(o.send)+len(o.sendFiles) > 0}
	if o.binary {
		r.kind = transport.Binary
	}
	if _, err := wire.ParseURL(rawURL, func(h string) (string, error) { return "host", nil }); err != nil {
		return nil, cli.Usagef("%s: %s", hideUserinfo(rawURL), dialURLError(rawURL, err))
	}
	switch {
	case o.maxRedirects < 0 || o.maxRedirects > 20:
		return nil, cli.Usagef("--max-redirects %d: expected a number from 0 to 20", o.maxRedirects)
	case o.count < 1:
		return nil, cli.Usagef("--count %d: expected a number from 1 on", o.count)
	case o.count > 1 && !r.send:
		return nil, cli.Usagef("--count needs something to send: add --send TEXT")
	case o.retry < -1 || o.retry == 0:
		return nil, cli.Usagef("--retry %d: expected a number of tries from 1 on, or -1 for no limit", o.retry)
	case o.json && o.raw:
		return nil, cli.Usagef("--json and --raw exclude each other")
	}
	for _, text := range o.send {
		r.messages = append(r.messages, []byte(text))
	}
	for _, name := range o.sendFiles {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, cli.Usagef("--send-file: %s", err)
		}
		r.messages = append(r.messages, b)
	}
	for _, m := range r.messages {
		if r.kind == transport.Text && !utf8.Valid(m) {
			return nil, cli.Usagef("text messages are UTF-8 and one of these is not; add --binary")
		}
	}
	if err := r.closing(o.closing); err != nil {
		return nil, err
	}
	return r, o.transport(&r.options)
}

// dialURLError says what is wrong with the URL of dial, and what to write instead.
func dialURLError(rawURL string, err error) string {
	var e *wire.ParseError
	if errors.As(err, &e) && e.Detail == "userinfo" {
		return "no user and password can stand in the URL; give them with " + flagUser
	}
	if !strings.Contains(rawURL, "://") {
		meant := "ws://" + rawURL
		if _, err := wire.ParseURL(meant, func(string) (string, error) { return "host", nil }); err == nil && !strings.HasPrefix(rawURL, "/") {
			return fmt.Sprintf("not an absolute URL; did you mean %s?", meant)
		}
	}
	return plainURLError(err) + "; expected ws://host[:port]/path or wss://..., or the same with http and https"
}

// closing reads CODE[:REASON].
func (r *request) closing(spec string) error {
	code, reason, _ := strings.Cut(spec, ":")
	n, err := strconv.ParseUint(code, 10, 16)
	if err != nil || !transport.ValidCloseCode(uint16(n)) {
		return cli.Usagef("--close %s: expected CODE[:REASON] with a close code that may be sent, such as 1000, 1001 or 3000 to 4999", spec)
	}
	if len(reason) > wire.MaxCloseReason || !utf8.ValidString(reason) {
		return cli.Usagef("--close: a reason is UTF-8 and has at most 123 bytes")
	}
	r.closeCode, r.closeText = uint16(n), reason
	return nil
}

// transport fills in what the handshake needs.
func (o *dialOptions) transport(t *transport.DialOptions) error {
	switch o.profile {
	case "spec":
		t.Profile = transport.Spec
	case "kaazing":
		t.Profile = transport.Kaazing
	case "auto":
		t.Profile = transport.Auto
	default:
		return cli.Usagef("--profile %s: expected spec, kaazing or auto", o.profile)
	}
	if t.MaxRedirects = o.maxRedirects; o.maxRedirects == 0 {
		t.MaxRedirects = -1
	}
	t.Subprotocols, t.Extensions, t.PlainFallback = o.protocols, o.extensions, o.plain
	t.Use = dialExtensions(o.extensions)
	var err error
	if t.Credentials, err = o.credentials(); err != nil {
		return err
	}
	if t.Header, err = headerOf("--header", o.header); err != nil {
		return err
	}
	if t.OpeningHeader, err = headerOf("--opening-header", o.opening); err != nil {
		return err
	}
	for _, fields := range []http.Header{t.Header, t.OpeningHeader} { // any of them may be a key to the first server
		t.Sensitive = slices.AppendSeq(t.Sensitive, maps.Keys(fields))
	}
	if o.insecure {
		t.TLSConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // asked for
	}
	if o.connectTo != "" {
		if _, port, err := net.SplitHostPort(o.connectTo); err != nil || port == "" {
			return cli.Usagef("--connect-to %s: expected HOST:PORT, as in 127.0.0.1:8080", o.connectTo)
		}
		t.NetDial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, o.connectTo)
		}
	}
	if t.Proxy, err = proxyOf(o.proxy); err != nil {
		return err
	}
	if o.retry != 1 {
		t.Retry = &transport.Retry{Attempts: o.retry}
	}
	if d := time.Duration(o.timeout); d > 0 { // it is the limit, no step of the handshake has another
		d += time.Minute
		t.Timeouts = transport.Timeouts{Opening: d, Response: d, Wait: d, Credentials: d, Overall: d}
	}
	return nil
}

// proxyOf reads --proxy.
func proxyOf(spec string) (func(*http.Request) (*url.URL, error), error) {
	switch spec {
	case "env":
		return http.ProxyFromEnvironment, nil
	case "none":
		return nil, nil
	}
	u, err := url.Parse(spec)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, cli.Usagef("--proxy %s: expected http://[USER:PASSWORD@]HOST:PORT, https://..., env or none", hideUserinfo(spec))
	}
	return http.ProxyURL(u), nil
}

// hideUserinfo leaves out what may be a password in a URL.
func hideUserinfo(rawURL string) string {
	at := strings.LastIndexByte(rawURL, '@')
	if at < 0 {
		return strconv.QuoteToASCII(rawURL)
	}
	scheme, _, ok := strings.Cut(rawURL, "://")
	if !ok {
		return fmt.Sprintf("%q", "..."+rawURL[at:])
	}
	return fmt.Sprintf("%q", scheme+"://..."+rawURL[at:])
}
