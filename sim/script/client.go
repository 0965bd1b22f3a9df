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
	"example.com/khp/sim/script/internal/lang"
	"example.com/khp/sim/script/internal/stage"
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
func runClient(r *runner, a *lang.Args) error {
	url, err := a.Plain("a URL such as ws://a.example/echo")
	if err != nil {
		return err
	}
	if r.opts.Live != nil {
		a.Next = len(a.Line.Words)
		return nil // the peer under test is in its place
	}
	o := clientOptions{name: "client"}
	o.Config.Machine, o.Config.ToASCII = fsm.DefaultClientConfig(), idna.Lookup.ToASCII
	for w, ok := a.Take(); ok; w, ok = a.Take() {
		if err := o.option(a, w); err != nil {
			return err
		}
	}
	for _, c := range r.world.Clients {
		if c.Name == o.name {
			return a.Mistake("there is a client %q already; give this one another name with name=NAME",
				o.name)
		}
	}
	if r.opts.Altered != nil {
		o.Config.Machine = r.opts.Altered.Client(o.Config.Machine)
	}
	r.world.Started = true
	addClient(r.world, url.Value(), &o)
	return nil
}

// addClient makes a client and has it connect.
func addClient(w *stage.World, url string, o *clientOptions) {
	c := &stage.Client{Name: o.name}
	w.Clients = append(w.Clients, c)
	o.Name = o.name
	o.Opened = func(h *network.Client) {
		if o.say != "" {
			h.Send(wire.Text, o.say)
		}
	}
	if o.echo {
		o.Got = func(h *network.Client, m network.Message) { h.Send(m.Type, m.Data) }
	}
	h, err := w.Net.NewClient(url, o.ClientOptions)
	if err != nil {
		c.Refused = strings.TrimPrefix(err.Error(), "endpoint: ")
		w.Say(c.Name, "refused: %s", c.Refused)
		return
	}
	c.Host = h
	h.Connect()
}

// option reads one option of a client.
func (o *clientOptions) option(a *lang.Args, w lang.Word) (err error) {
	cfg := &o.Config
	if name, ok := strings.CutPrefix(w.Key, "timeout."); ok {
		return a.Timeout(&o.Config.Timeouts, name, w)
	}
	switch w.Key {
	case "name":
		o.name = w.Text
	case "say":
		o.say = w.Value()
	case "echo":
		o.echo, err = a.Choice(w, "yes", "no")
	case "protocols":
		cfg.Subprotocols = lang.List(w)
	case "extensions":
		cfg.Extensions = lang.List(w)
	case "opening-extensions":
		cfg.OpeningExtensions = lang.List(w)
	case "header":
		cfg.Header, err = a.Field(cfg.Header, w)
	case "opening-header":
		cfg.OpeningHeader, err = a.Field(cfg.OpeningHeader, w)
		if f := cfg.OpeningHeader; err == nil && strings.EqualFold(f[len(f)-1].Name, "Cookie") {
			o.Secrets = append(o.Secrets, f[len(f)-1].Value)
		}
	case "sensitive":
		cfg.Sensitive = lang.List(w)
	case "method":
		cfg.Method = w.Value()
	case "body":
		cfg.Body = []byte(w.Value())
	case "credentials":
		cfg.HasCredentials = true
		o.Credentials, err = o.provider(a, w)
	case "credentials-after":
		o.after, err = a.Duration(w)
	case "redirects":
		err = o.redirects(a, w)
	case "downgrade":
		cfg.AllowDowngrade, err = a.Choice(w, "yes", "no")
	case "proxy":
		cfg.HasProxyLogin, err = a.Choice(w, "yes", "no")
	default:
		err = machineOption(&cfg.Machine, a, w)
	}
	return err
}

// machineOption reads an option of the client's machine.
func machineOption(m *fsm.ClientConfig, a *lang.Args, w lang.Word) (err error) {
	switch w.Key {
	case "profile":
		p, ok := map[string]fsm.Profile{"spec": fsm.ProfileSpec, "kaazing": fsm.ProfileKaazing,
			"auto": fsm.ProfileAuto}[w.Text]
		if !ok {
			return a.Mistake("expected profile=spec, profile=kaazing or profile=auto, got %q", w.Text)
		}
		m.Profile = p
	case "replays":
		err = a.Small(&m.MaxReplays, w)
	case "interim":
		err = a.Small(&m.MaxInterim, w)
	case "terminator":
		m.TerminatorOptional, err = a.Choice(w, "optional", "required")
	case "fallback":
		m.PlainFallback, err = a.Choice(w, "plain", "none")
	case "wait":
		m.NoWait, err = a.Choice(w, "no", "yes")
	case "upgrade":
		m.Upgrade, err = a.Choice(w, "yes", "no")
	default:
		return a.Mistake("unknown option %q of client; expected one of body= credentials= "+
			"credentials-after= downgrade= echo= extensions= fallback= header= interim= method= name= "+
			"opening-extensions= opening-header= profile= protocols= proxy= redirects= replays= say= "+
			"sensitive= terminator= timeout.NAME= upgrade= wait=", w)
	}
	return err
}

// provider reads basic:USER:PASSWORD, token:TOKEN, each (others every time), none or never.
func (o *clientOptions) provider(
	a *lang.Args, w lang.Word,
) (f func(int, []wire.Challenge) (string, time.Duration, bool), err error) {
	kind, rest, _ := strings.Cut(w.Value(), ":")
	answer := func(value func(attempt int) (string, bool)) func(int,
		[]wire.Challenge) (string, time.Duration, bool) {
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
			return nil, a.Mistake("these credentials cannot be sent: %s", err)
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
	return nil, a.Mistake("expected credentials=basic:USER:PASSWORD, token:TOKEN, each, "+
		"none or never, got %q", w.Text)
}

// forScheme answers challenges of one scheme only, with or without Application before it.
func forScheme(scheme string, f func(int, []wire.Challenge) (string, time.Duration, bool)) func(int,
	[]wire.Challenge) (string, time.Duration, bool) {
	return func(attempt int, challenges []wire.Challenge) (string, time.Duration, bool) {
		known := func(c wire.Challenge) bool { return scan.EqualFold(c.Scheme, scheme) }
		if !slices.ContainsFunc(challenges, known) {
			return "", 0, false
		}
		return f(attempt, challenges)
	}
}

// redirects reads a number, or a policy.
func (o *clientOptions) redirects(a *lang.Args, w lang.Word) error {
	policy, ok := map[string]endpoint.RedirectPolicy{"never": endpoint.RedirectNever,
		"same-host": endpoint.RedirectSameHost, "same-origin": endpoint.RedirectSameOrigin}[w.Text]
	if ok {
		o.Config.Redirects = policy
		return nil
	}
	err := a.Small(&o.Config.Machine.MaxRedirects, w)
	o.Config.Machine.NoRedirects = o.Config.Machine.MaxRedirects == 0
	return err
}
