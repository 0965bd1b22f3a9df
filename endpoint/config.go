package endpoint

import (
	"errors"
	"slices"
	"strings"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/internal/judge"
	"example.com/khp/internal/scan"
	"example.com/khp/wire"
)

// Subprotocol is the subprotocol token of KHP. It is compared byte for byte.
//
//khp:impl KHP-GEN-01
const Subprotocol = "x-kaazing-handshake"

// RedirectPolicy says which redirect targets are followed. The zero value follows to any host.
//
//khp:impl DRAFT02-511-07
type RedirectPolicy uint8

// Redirect policies. All of them refuse wss to ws unless AllowDowngrade is set. [AMB-64]
const (
	RedirectAny        RedirectPolicy = iota // any host
	RedirectSameHost                         // the same host, any port and scheme
	RedirectSameOrigin                       // the same scheme, host and port
	RedirectNever                            // none: the redirect is reported
)

// ClientConfig holds the requests and the policy of a client. The zero value is right for a spec
// server without subprotocols or extensions.
type ClientConfig struct {
	// Machine has the limits and switches of the machine. A zero field has the value in
	// fsm.DefaultClientConfig; NoRedirects says that none are followed. Expect, OtherMethod and
	// Proxy follow from the options below.
	Machine      fsm.ClientConfig
	Limits       wire.Limits
	Timeouts     Timeouts
	Subprotocols []string // application subprotocols in order of preference
	// Application-class extensions for the extended handshake, with parameters, in order of
	// preference.
	Extensions []string
	// Extensions that the host's WebSocket layer offers in the opening handshake.
	OpeningExtensions []string
	Header            []HeaderField // further fields of the extended request
	OpeningHeader     []HeaderField // further fields of the opening request, such as Origin or Cookie
	// Names of fields that go to the first origin only; Cookie always does.
	Sensitive []string
	Method    string // of the extended request, also behind a redirect; "" is GET
	Body      []byte // of the extended request, announced with Expect: 100-continue
	// Open a plain WebSocket: KHP is not offered, and there is no extended handshake.
	PlainOnly      bool
	HasCredentials bool // the host can answer AskCredentials
	HasProxyLogin  bool // the host has a proxy and credentials for it
	Redirects      RedirectPolicy
	AllowDowngrade bool
	// Converts an internationalised host name; nil refuses such names.
	ToASCII func(host string) (string, error)

	// ConfirmExtensions is shown the elements that a completing response grants, all of them asked
	// for. An error fails the attempt. It may be nil.
	ConfirmExtensions func(elements []string) error
	// CheckRedirect is asked about a redirect that all other options allow: via are the URLs
	// visited, the first one first. An error refuses it, and is shown in the failure. It may be
	// nil.
	CheckRedirect func(via []string, to string) error
	// Cookies returns the Cookie field of the opening request to a URL, "" for none; one that
	// cannot be written is left out. It is asked for each request, and once by NewClient. It may be
	// nil.
	Cookies func(url string) string
	// Responded is shown each response that arrives whole, before it is judged. It must not keep
	// fields. It may be nil.
	Responded func(leg Leg, url string, status int, fields wire.Fields)
}

// machine derives the machine's configuration.
func (cfg *ClientConfig) machine() fsm.ClientConfig {
	m := cfg.Machine.OrDefault()
	m.Expect = len(cfg.Body) > 0
	m.OtherMethod = cfg.method() != "GET"
	m.NoRedirects = m.NoRedirects || cfg.Redirects == RedirectNever
	m.Proxy = cfg.HasProxyLogin
	m.PlainFallback = m.PlainFallback || cfg.PlainOnly
	if m.Profile != fsm.ProfileSpec {
		m.TerminatorOptional = false // a server that is asked for N sends the terminator before it
	}
	return m
}

// method returns the method of the extended request.
func (cfg *ClientConfig) method() string {
	if cfg.Method == "" {
		return "GET"
	}
	return cfg.Method
}

// reserved fields are written by the endpoint itself or would change the framing. [AMB-28]
var reserved = []string{
	"Authorization", "Connection", "Content-Length", "Expect", "Host", "Keep-Alive",
	"Sec-WebSocket-Accept", "Sec-WebSocket-Extensions",
	"Sec-WebSocket-Key", "Sec-WebSocket-Protocol", "Sec-WebSocket-Version", "TE", "Trailer",
	"Transfer-Encoding", "Upgrade",
}

// refusedByGateway are further fields that a Kaazing gateway answers with 400 in an extended
// request.
var refusedByGateway = []string{"Accept-Charset", "Accept-Encoding", "Content-Transfer-Encoding",
	"Date", "Referer", "Via"}

// check refuses values that must not or cannot be sent. It works in the memory behind room.
func (cfg *ClientConfig) check(room []byte) error {
	for i, p := range cfg.Subprotocols {
		switch {
		case !scan.ValidToken(p):
			return errors.New("endpoint: subprotocol " + quote(p) +
				" is not a token; use letters, digits and !#$%&'*+-.^_`|~")
		case p == Subprotocol:
			return errors.New("endpoint: " + Subprotocol +
				" is offered by itself; list only application subprotocols")
		case slices.Contains(cfg.Subprotocols[:i], p):
			return errors.New("endpoint: subprotocol " + quote(p) + " is listed twice")
		}
	}
	for _, list := range [2][]string{cfg.Extensions, cfg.OpeningExtensions} {
		for _, e := range list {
			if err := checkExtension(room, e); err != nil {
				return err
			}
		}
	}
	if cfg.Method != "" && !scan.ValidToken(cfg.Method) {
		return errors.New("endpoint: method " + quote(cfg.Method) + " is not a token")
	}
	if err := cfg.checkOptions(); err != nil {
		return err
	}
	kaazing := cfg.Machine.Profile == fsm.ProfileKaazing || cfg.Machine.Profile == fsm.ProfileAuto
	if kaazing && len(cfg.Body) > 0 {
		return errors.New("endpoint: a Kaazing gateway takes no request body; " +
			"leave Body empty or use the spec profile")
	}
	for _, f := range cfg.Header {
		if err := checkField(f, kaazing); err != nil {
			return err
		}
	}
	for _, f := range cfg.OpeningHeader {
		if err := checkField(f, false); err != nil {
			return err
		}
	}
	return nil
}

// checkExtension refuses a text that is not exactly one element of a list of extensions.
func checkExtension(room []byte, e string) error {
	var one [1]wire.Extension
	if parsed, _ := wire.ParseExtensions(one[:0], append(room, e...)); len(parsed) != 1 ||
		!scan.ValidValue(e) || strings.Contains(e, ",") {
		return errors.New("endpoint: extension " + quote(e) +
			" is not of the form name or name;parameter=value")
	}
	return nil
}

// checkFieldText refuses a field that cannot be written.
func checkFieldText(f HeaderField) error {
	switch {
	case !scan.ValidToken(f.Name):
		return errors.New("endpoint: field name " + quote(f.Name) + " is not a token")
	case !scan.ValidValue(f.Value):
		return errors.New("endpoint: the value of field " + f.Name +
			" has control bytes, or blanks at its ends")
	}
	return nil
}

func checkField(f HeaderField, kaazing bool) error {
	if err := checkFieldText(f); err != nil {
		return err
	}
	switch {
	case containsFold(reserved, f.Name) || judge.HasPrefixFold(f.Name, "Proxy-"):
		return errors.New("endpoint: field " + f.Name +
			" is written by the handshake itself and cannot be set")
	case kaazing && (containsFold(refusedByGateway, f.Name) || judge.HasPrefixFold(f.Name, "Sec-")):
		return errors.New("endpoint: a Kaazing gateway refuses field " + f.Name +
			" in an extended request")
	}
	return nil
}

// maxRedirects is the largest budget of redirects. [AMB-61]
const maxRedirects = 20

// checkOptions refuses invalid numbers.
func (cfg *ClientConfig) checkOptions() error {
	switch {
	case cfg.Machine.Profile > fsm.ProfileAuto:
		return errors.New("endpoint: Machine.Profile is " + itoa(int(cfg.Machine.Profile)) +
			"; use ProfileSpec, ProfileKaazing or ProfileAuto")
	case cfg.Machine.MaxRedirects > maxRedirects:
		return errors.New("endpoint: Machine.MaxRedirects is " + itoa(int(cfg.Machine.MaxRedirects)) +
			"; use at most " + itoa(maxRedirects))
	case cfg.Redirects > RedirectNever:
		return errors.New("endpoint: Redirects is " + itoa(int(cfg.Redirects)) +
			", which is no RedirectPolicy; use RedirectAny, RedirectSameHost, " +
			"RedirectSameOrigin or RedirectNever")
	case len(cfg.Body) > cfg.Limits.OrDefault().Body:
		return errors.New("endpoint: Body has " + itoa(len(cfg.Body)) + " bytes, Limits.Body allows " +
			itoa(cfg.Limits.OrDefault().Body))
	}
	if err := cfg.checkPlainOnly(); err != nil {
		return err
	}
	if err := checkLimits(&cfg.Limits); err != nil {
		return err
	}
	return cfg.Timeouts.check()
}

// checkLimits refuses negative limits.
func checkLimits(l *wire.Limits) error {
	for _, v := range [...]struct {
		name string
		n    int
	}{
		{"Head", l.Head}, {"Line", l.Line}, {"Fields", l.Fields}, {"Elements", l.Elements},
		{"Target", l.Target}, {"Body", l.Body}, {"Messages", l.Messages}, {"Unit", l.Unit},
	} {
		if v.n < 0 {
			return errors.New("endpoint: Limits." + v.name + " is " + itoa(v.n) +
				"; use a positive number, or 0 for the default")
		}
	}
	return nil
}

// checkPlainOnly refuses options that have no effect without an extended handshake.
func (cfg *ClientConfig) checkPlainOnly() error {
	if !cfg.PlainOnly {
		return nil
	}
	for _, o := range [...]struct {
		set  bool
		name string
	}{
		{cfg.Machine.Profile != 0 && cfg.Machine.Profile != fsm.ProfileSpec, "Profile"},
		{cfg.Machine.TerminatorOptional, "TerminatorOptional"},
		{len(cfg.Extensions) > 0, "Extensions"}, {len(cfg.Header) > 0, "Header"},
		{cfg.Method != "", "Method"}, {len(cfg.Body) > 0, "Body"},
	} {
		if o.set {
			return errors.New("endpoint: " + o.name +
				" means nothing with PlainOnly, which opens a WebSocket without an extended " +
				"handshake; leave one of them out")
		}
	}
	return nil
}

// Timeouts say how long an endpoint waits. A zero field stands for its default; a negative one is
// refused by [NewClient], and means the default to a server. None can be switched off. Received
// bytes extend none of them.
type Timeouts struct {
	Opening  time.Duration // client: dialing, TLS and opening handshake (10 s)
	Response time.Duration // client: extended request to the end of its response (10 s)
	Wait     time.Duration // client: from the first 202 to the deciding response (30 s)
	// Client: credential provider (60 s); Wait and Overall are paused meanwhile.
	Credentials time.Duration
	Request     time.Duration // server: opening 101 to extended request (10 s)
	Body        time.Duration // server: 100 to the end of the body (10 s)
	Replay      time.Duration // server: 401 to the request with credentials (30 s)
	// Both: extended handshake of one connection, without the time that credentials take (60 s)
	Overall time.Duration
	Close   time.Duration // both: closing handshake and end of TCP (5 s)
}

// Of returns how long a timer runs: its field, or the default of that. It returns 0 for a value
// that is no timer.
func (t *Timeouts) Of(timer fsm.Timer) time.Duration {
	d, standard := t.field(timer)
	if d == nil || *d <= 0 {
		return standard
	}
	return *d
}

// Set sets the field of a timer.
func (t *Timeouts) Set(timer fsm.Timer, d time.Duration) {
	if field, _ := t.field(timer); field != nil {
		*field = d
	}
}

// field returns the field of a timer, nil for a value that is no timer, and its default.
func (t *Timeouts) field(timer fsm.Timer) (d *time.Duration, standard time.Duration) {
	switch timer {
	case fsm.TimerOpening:
		return &t.Opening, 10 * time.Second
	case fsm.TimerResponse:
		return &t.Response, 10 * time.Second
	case fsm.TimerWait:
		return &t.Wait, 30 * time.Second
	case fsm.TimerCredentials:
		return &t.Credentials, 60 * time.Second
	case fsm.TimerRequest:
		return &t.Request, 10 * time.Second
	case fsm.TimerBody:
		return &t.Body, 10 * time.Second
	case fsm.TimerReplay:
		return &t.Replay, 30 * time.Second
	case fsm.TimerOverall:
		return &t.Overall, 60 * time.Second
	case fsm.TimerClose:
		return &t.Close, 5 * time.Second
	}
	return nil, 0
}

// check refuses negative durations.
func (t *Timeouts) check() error {
	for timer := range int(fsm.TimerReplay) + 1 {
		if d, standard := t.field(fsm.Timer(timer)); d != nil && *d < 0 {
			name := fsm.Timer(timer).String()[len("Timer"):]
			return errors.New("endpoint: Timeouts." + name + " is " + d.String() +
				"; use a positive duration, or 0 for " + standard.String())
		}
	}
	return nil
}
