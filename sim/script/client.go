package script

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/scan"
	"example.com/khp/sim/network"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
	"golang.org/x/net/idna"
)

// clientOptions are read from a client command.
type clientOptions struct {
	network.ClientOptions
	name  string
	after time.Duration // how late the credentials come
	say   string        // is sent when the connection opens
	echo  bool          // messages are sent back
}

// runClient starts a client: client URL [KEY=VALUE...].
func runClient(r *runner, a *args) error {
	url, err := a.plain("a URL such as ws://a.example/echo")
	if err != nil {
		return err
	}
	if r.opts.Live != nil {
		a.next = len(a.line.words)
		return nil // the peer under test is in its place
	}
	o := clientOptions{name: "client"}
	o.Config.Machine, o.Config.ToASCII = fsm.DefaultClientConfig(), idna.Lookup.ToASCII
	for w, ok := a.take(); ok; w, ok = a.take() {
		if err := o.option(a, w); err != nil {
			return err
		}
	}
	for _, c := range r.world.clients {
		if c.name == o.name {
			return a.mistake("there is a client %q already; give this one another name with name=NAME", o.name)
		}
	}
	if r.opts.Altered != nil {
		o.Config.Machine = r.opts.Altered.Client(o.Config.Machine)
	}
	r.world.started = true
	r.world.addClient(url.value(), &o)
	return nil
}

// addClient makes a client and has it connect.
func (w *world) addClient(url string, o *clientOptions) {
	c := &client{name: o.name}
	w.clients = append(w.clients, c)
	o.Name = o.name
	o.Opened = func(h *network.Client) {
		if o.say != "" {
			h.Send(wire.Text, o.say)
		}
	}
	if o.echo {
		o.Got = func(h *network.Client, m network.Message) { h.Send(m.Type, m.Data) }
	}
	h, err := w.net.NewClient(url, o.ClientOptions)
	if err != nil {
		c.refused = strings.TrimPrefix(err.Error(), "endpoint: ")
		w.say(c.name, "refused: %s", c.refused)
		return
	}
	c.host = h
	h.Connect()
}

// option reads one option of a client.
func (o *clientOptions) option(a *args, w word) (err error) {
	cfg, m := &o.Config, &o.Config.Machine
	if name, ok := strings.CutPrefix(w.key, "timeout."); ok {
		return a.timeout(&o.Config.Timeouts, name, w)
	}
	switch w.key {
	case "name":
		o.name = w.text
	case "say":
		o.say = w.value()
	case "echo":
		o.echo, err = a.choice(w, "yes", "no")
	case "profile":
		p, ok := map[string]fsm.Profile{"spec": fsm.ProfileSpec, "kaazing": fsm.ProfileKaazing, "auto": fsm.ProfileAuto}[w.text]
		if !ok {
			return a.mistake("expected profile=spec, profile=kaazing or profile=auto, got %q", w.text)
		}
		m.Profile = p
	case "protocols":
		cfg.Subprotocols = list(w)
	case "extensions":
		cfg.Extensions = list(w)
	case "opening-extensions":
		cfg.OpeningExtensions = list(w)
	case "header":
		cfg.Header, err = a.field(cfg.Header, w)
	case "opening-header":
		cfg.OpeningHeader, err = a.field(cfg.OpeningHeader, w)
		if f := cfg.OpeningHeader; err == nil && strings.EqualFold(f[len(f)-1].Name, "Cookie") {
			o.Secrets = append(o.Secrets, f[len(f)-1].Value)
		}
	case "sensitive":
		cfg.Sensitive = list(w)
	case "method":
		cfg.Method = w.value()
	case "body":
		cfg.Body = []byte(w.value())
	case "credentials":
		cfg.HasCredentials = true
		o.Credentials, err = o.provider(a, w)
	case "credentials-after":
		o.after, err = a.asDuration(w)
	case "redirects":
		err = o.redirects(a, w)
	case "replays":
		err = a.small(&m.MaxReplays, w)
	case "interim":
		err = a.small(&m.MaxInterim, w)
	case "terminator":
		m.TerminatorOptional, err = a.choice(w, "optional", "required")
	case "fallback":
		m.PlainFallback, err = a.choice(w, "plain", "none")
	case "wait":
		m.NoWait, err = a.choice(w, "no", "yes")
	case "upgrade":
		m.Upgrade, err = a.choice(w, "yes", "no")
	case "downgrade":
		cfg.AllowDowngrade, err = a.choice(w, "yes", "no")
	case "proxy":
		cfg.HasProxyLogin, err = a.choice(w, "yes", "no")
	default:
		return a.mistake("unknown option %q of client; expected one of body= credentials= credentials-after= downgrade= echo= extensions= fallback= header= interim= method= name= "+
			"opening-extensions= opening-header= profile= protocols= proxy= redirects= replays= say= sensitive= terminator= timeout.NAME= upgrade= wait=", w)
	}
	return err
}

// provider reads basic:USER:PASSWORD, token:TOKEN, each (others every time), none or never.
func (o *clientOptions) provider(a *args, w word) (f func(int, []wire.Challenge) (string, time.Duration, bool), err error) {
	kind, rest, _ := strings.Cut(w.value(), ":")
	answer := func(value func(attempt int) (string, bool)) func(int, []wire.Challenge) (string, time.Duration, bool) {
		return func(attempt int, _ []wire.Challenge) (string, time.Duration, bool) {
			v, ok := value(attempt)
			return v, o.after, ok
		}
	}
	switch kind {
	case "basic":
		user, password, _ := strings.Cut(rest, ":")
		v, err := credentials.AppendBasic(nil, user, password)
		if err != nil {
			return nil, a.mistake("these credentials cannot be sent: %s", err)
		}
		return forScheme("Basic", answer(func(int) (string, bool) { return string(v), true })), nil
	case "token":
		return answer(func(int) (string, bool) { return "Token " + rest, true }), nil
	case "each":
		return answer(func(n int) (string, bool) { return fmt.Sprintf("Token number%d", n), true }), nil
	case "none":
		return answer(func(int) (string, bool) { return "", false }), nil
	case "never":
		return nil, nil
	}
	return nil, a.mistake("expected credentials=basic:USER:PASSWORD, token:TOKEN, each, none or never, got %q", w.text)
}

// forScheme answers challenges of one scheme only, with or without Application before it.
func forScheme(scheme string, f func(int, []wire.Challenge) (string, time.Duration, bool)) func(int, []wire.Challenge) (string, time.Duration, bool) {
	return func(attempt int, challenges []wire.Challenge) (string, time.Duration, bool) {
		known := func(c wire.Challenge) bool { return scan.EqualFold(c.Scheme, scheme) }
		if !slices.ContainsFunc(challenges, known) {
			return "", 0, false
		}
		return f(attempt, challenges)
	}
}

// redirects reads a number, or a policy.
func (o *clientOptions) redirects(a *args, w word) error {
	policy, ok := map[string]endpoint.RedirectPolicy{"never": endpoint.RedirectNever, "same-host": endpoint.RedirectSameHost, "same-origin": endpoint.RedirectSameOrigin}[w.text]
	if ok {
		o.Config.Redirects = policy
		return nil
	}
	err := a.small(&o.Config.Machine.MaxRedirects, w)
	o.Config.Machine.NoRedirects = o.Config.Machine.MaxRedirects == 0
	return err
}

// list cuts a value at commas.
func list(w word) []string {
	if w.text == "" {
		return nil
	}
	return strings.Split(w.value(), ",")
}

// small reads a budget.
func (a *args) small(into *uint8, w word) error {
	n, err := a.asNumber(w, w.key, 0, 20)
	*into = uint8(n)
	return err
}

// choice reads one of two words; it is true for the first.
func (a *args) choice(w word, yes, no string) (bool, error) {
	if w.text != yes && w.text != no {
		return false, a.mistake("expected %s=%s or %s=%s, got %q", w.key, yes, w.key, no, w.text)
	}
	return w.text == yes, nil
}

// field reads "Name: value".
func (a *args) field(fields []endpoint.HeaderField, w word) ([]endpoint.HeaderField, error) {
	name, value, ok := strings.Cut(w.value(), ": ")
	if !ok {
		return nil, a.mistake("expected %s=\"Name: value\", got %q", w.key, w.text)
	}
	return append(fields, endpoint.HeaderField{Name: name, Value: value}), nil
}

// timeout reads timeout.NAME=DURATION.
func (a *args) timeout(into *endpoint.Timeouts, name string, w word) error {
	t, err := a.timer(name)
	if err != nil {
		return err
	}
	d, err := a.asDuration(w)
	if err == nil && d == 0 {
		err = a.mistake("a timeout cannot be 0; leave out timeout.%s for its default", name)
	}
	into.Set(t, d)
	return err
}
