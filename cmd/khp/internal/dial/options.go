package dial

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/internal/zone"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/extension"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
)

// options are the flags of khp dial.
type options struct {
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
	wait         patience
	closing      string
	maxRedirects int
	timeout      cli.Duration
	plain        bool
	insecure     bool
	ca           string
	cert         string
	key          string
	ping         cli.Duration
	connectTo    string
	proxy        string
	retry        int
	trace        string
	json         bool
	history      string
	verbose      bool
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

// request checks the flags, and reads the files that they name.
func (o *options) request(c *cli.Env, rawURL string) (*request, error) {
	r := &request{url: rawURL, kind: transport.Text, send: len(o.send)+len(o.sendFiles) > 0}
	if o.binary {
		r.kind = transport.Binary
	}
	zoneless, _ := zone.Cut(rawURL)
	if _, err := wire.ParseURL(zoneless, func(h string) (string, error) {
		return "host",
			nil
	}); err != nil {
		return nil, cli.Usagef("%s: %s", hideUserinfo(rawURL), urlError(rawURL, err))
	}
	switch {
	case o.history == "-":
		return nil, cli.Usagef("--history -: expected a file, which keeps the lines for the next time; " +
			"./- is one of that name")
	case o.maxRedirects < 0 || o.maxRedirects > 20:
		return nil, cli.Usagef("--max-redirects %d: expected a number from 0 to 20", o.maxRedirects)
	case o.count < 1:
		return nil, cli.Usagef("--count %d: expected a number from 1 on", o.count)
	case o.count > 1 && !r.send:
		return nil, cli.Usagef("--count needs something to send: add --send TEXT")
	case o.retry < -1 || o.retry == 0:
		return nil, cli.Usagef("--retry %d: expected a number of tries from 1 on, or -1 for no limit",
			o.retry)
	case o.json && o.raw:
		return nil, cli.Usagef("--json and --raw exclude each other")
	}
	for _, text := range o.send {
		r.messages = append(r.messages, []byte(text))
	}
	files := &content{c.Stdin}
	for _, name := range o.sendFiles {
		b, err := files.read(name)
		if err != nil {
			return nil, cli.Usagef("--send-file %s: %s", name, err)
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
	return r, o.transport(c, files, &r.options)
}

// urlError says what is wrong with the URL of dial, and what to write instead.
func urlError(rawURL string, err error) string {
	if e, ok := errors.AsType[*wire.ParseError](err); ok && e.Detail == "userinfo" {
		return "no user and password can stand in the URL; give them with " + flagUser
	}
	if host, _, _ := strings.Cut(rawURL, "]"); strings.Contains(host, "://[") && strings.Contains(host,
		"%") {
		return "the zone of an IPv6 address is written as in ws://[fe80::1%25eth0]/"
	}
	if meant := cli.MeantURL(rawURL); meant != "" {
		return fmt.Sprintf("not an absolute URL; did you mean %s?", meant)
	}
	return cli.URLError(err) +
		"; expected ws://host[:port]/path or wss://..., or the same with http and https"
}

// closing reads CODE[:REASON].
func (r *request) closing(spec string) error {
	code, reason, _ := strings.Cut(spec, ":")
	n, err := strconv.ParseUint(code, 10, 16)
	if err != nil || !wire.ValidCloseCode(uint16(n)) {
		return cli.Usagef("--close %s: expected CODE[:REASON] with a close code that may be sent, "+
			"such as 1000, 1001 or 3000 to 4999", spec)
	}
	if wire.CloseReason(reason) != reason {
		return cli.Usagef("--close: a reason is UTF-8 and has at most 123 bytes")
	}
	r.closeCode, r.closeText = uint16(n), reason
	return nil
}

// transport fills in the options of the handshake.
func (o *options) transport(c *cli.Env, files *content, t *transport.DialOptions) error {
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
	t.Use = extensionsOf(o.extensions)
	var err error
	if t.Header, err = headerOf("--header", o.header, files); err != nil {
		return err
	}
	if t.OpeningHeader, err = headerOf("--opening-header", o.opening, files); err != nil {
		return err
	}
	// any of them may be a key to the first server
	for _, fields := range []http.Header{t.Header, t.OpeningHeader} {
		t.Sensitive = slices.AppendSeq(t.Sensitive, maps.Keys(fields))
	}
	if t.TLSConfig, err = o.tls(); err != nil {
		return err
	}
	if o.connectTo != "" {
		_, port, err := net.SplitHostPort(o.connectTo)
		if n, e := cli.Digits(port); err != nil || e != nil || n < 1 || n > 65535 {
			return cli.Usagef("--connect-to %s: expected HOST:PORT with a port from 1 to 65535, as in "+
				"127.0.0.1:8080", o.connectTo)
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
	t.Timeouts.Close = lastWords
	t.Credentials, err = o.credentials(c) // the last, as it may ask a person
	return err
}

// lastWords is how long the server may take to answer the Close of a handshake that has failed, or
// leads elsewhere: the result is known by then, and waits to be reported.
const lastWords = 500 * time.Millisecond

// proxyOf reads --proxy.
func proxyOf(spec string) (func(*http.Request) (*url.URL, error), error) {
	switch spec {
	case "env":
		return transport.ProxyFromEnvironment, nil
	case "none":
		return nil, nil
	}
	u, err := url.Parse(spec)
	if err != nil || u.Host == "" ||
		!slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme) {
		return nil, cli.Usagef("--proxy %s: expected http://[USER:PASSWORD@]HOST:PORT, https://..., "+
			"socks5://..., env or none", hideUserinfo(spec))
	}
	return http.ProxyURL(u), nil
}

// hideUserinfo leaves out the user and password of a URL.
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

// credentials makes the provider of --user and --token; nil without them.
func (o *options) credentials(c *cli.Env) (auth.CredentialsProvider, error) {
	if o.user == "" && o.token == "" {
		return nil, nil
	}
	name, password, ok := strings.Cut(o.user, ":")
	token, err := cli.Secret(o.token)
	if err != nil {
		return nil, cli.Usagef("--token: %s", err)
	}
	if password, err = cli.Secret(password); err != nil {
		return nil, cli.Usagef("--user: %s", err)
	}
	if o.user != "" && !ok {
		if password, ok, err = askPassword(c, name); err != nil {
			return nil, err
		}
	}
	if o.user != "" {
		if _, err := credentials.AppendBasic(nil, name, password); !ok {
			return nil, cli.Usagef("--user: expected NAME:PASSWORD, as in joe:welcome, " +
				"where no terminal can be asked for the password; the name may be empty, the colon stays")
		} else if err != nil {
			return nil, cli.Usagef("--user: name and password cannot hold control characters")
		}
	}
	if o.token != "" {
		if _, err := credentials.Append(nil, "Token", token); err != nil ||
			strings.Contains(token, "\t") {
			return nil, cli.Usagef("--token: expected text without control characters, " +
				"and without blanks at its ends")
		}
	}
	var known []auth.CredentialsProvider
	if o.user != "" {
		known = append(known, auth.Digest(name, password), auth.Basic(name, password))
	}
	if o.token != "" {
		known = append(known, auth.Bearer(token), auth.Token(token))
	}
	provider := auth.FirstOf(known...)
	return auth.CredentialsFunc(func(ctx context.Context, r *auth.CredentialsRequest) (string, error) {
		value, err := provider.Credentials(ctx, r)
		switch {
		case !errors.Is(err, auth.ErrNoCredentials):
		case wire.KindOf(err) == wire.KindChallenge:
			err = errors.New(unanswerableText(err))
		default:
			err = errors.New(otherFlag(r.Challenges))
		}
		return value, err
	}), nil
}

// extensionsOf are those among the elements of --extension that khp can run. With the others,
// messages are shown as they come.
func extensionsOf(elements []string) []extension.Extension {
	return slices.DeleteFunc(cli.Extensions(0), func(x extension.Extension) bool {
		return !slices.ContainsFunc(elements, func(e string) bool {
			name, _, _ := strings.Cut(e, ";")
			return strings.TrimSpace(name) == x.Name()
		})
	})
}
