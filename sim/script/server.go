package script

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/sim/network"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
)

// rule is what a server does with requests that it applies to.
type rule struct {
	path   string // "" is any
	unless string // value of Authorization to which it does not apply, "" if it always does
	times  int    // how often it may be used yet, negative for ever
	used   int
	after  time.Duration
	fail   bool // the application fails
	never  bool // the application does not answer
	answer endpoint.Decision
}

// runServer starts a server: server HOST[:PORT] [KEY=VALUE...], with rules below it.
func runServer(r *runner, a *args) error {
	if r.opts.Live != nil {
		a.next = len(a.line.words)
		return nil // the peer under test is in its place
	}
	name, err := a.plain("a host name such as a.example, or host:port")
	if err != nil {
		return err
	}
	var o network.SiteOptions
	o.Config.Machine = fsm.DefaultServerConfig()
	echo, say := false, ""
	for w, ok := a.take(); ok; w, ok = a.take() {
		switch w.key {
		case "echo":
			echo, err = a.choice(w, "yes", "no")
		case "say":
			say = w.value()
		case "plain":
			o.Config.Machine.Plain, err = a.choice(w, "yes", "no")
		case "any-target":
			o.Config.AnyTarget, err = a.choice(w, "yes", "no")
		case "challenges":
			err = a.small(&o.Config.Machine.MaxChallenges, w)
		case "opening-extensions":
			o.OpeningExtensions = list(w)
		default:
			name, ok := strings.CutPrefix(w.key, "timeout.")
			if !ok {
				return a.mistake("unknown option %q of server; expected one of any-target= challenges= echo= opening-extensions= plain= say= timeout.NAME=", w)
			}
			err = a.timeout(&o.Config.Timeouts, name, w)
		}
		if err != nil {
			return err
		}
	}
	if r.opts.Altered != nil {
		o.Config.Machine = r.opts.Altered.Server(o.Config.Machine)
	}
	rules, err := r.rules(a.line.below)
	if err != nil {
		return err
	}
	r.world.addSite(name.text, o, rules, echo, say)
	return nil
}

// addSite makes a site.
func (w *world) addSite(name string, o network.SiteOptions, rules []*rule, echo bool, say string) {
	w.started = true
	o.Decide = func(_ int, q *endpoint.Request) (endpoint.Decision, time.Duration, error) { return decide(rules, q) }
	o.Opened = func(h *network.Server) {
		if say != "" {
			h.Send(wire.Text, say)
		}
	}
	if echo {
		o.Got = func(h *network.Server, m network.Message) { h.Send(m.Type, m.Data) }
	}
	w.sites = append(w.sites, &site{name, w.net.Serve(name, o)})
}

// forever is longer than any run.
const forever = 1_000_000 * time.Hour

// decide finds the rule that applies.
func decide(rules []*rule, q *endpoint.Request) (endpoint.Decision, time.Duration, error) {
	for _, u := range rules {
		if u.times == 0 || u.path != "" && u.path != q.Path() || u.unless != "" && u.unless == q.Authorization {
			continue
		}
		u.times--
		u.used++
		d := u.answer
		d.Location = strings.ReplaceAll(d.Location, "$n", strconv.Itoa(u.used))
		switch {
		case u.never:
			return d, forever, nil
		case u.fail:
			return d, u.after, errors.New("the rule says so")
		}
		return d, u.after, nil
	}
	return endpoint.Decision{}, 0, nil
}

// rules reads the lines below a server: [/PATH] STATUS|fail|never [KEY=VALUE...].
func (r *runner) rules(lines []line) (rules []*rule, err error) {
	for _, l := range lines {
		if err := r.spend(l, 1); err != nil {
			return nil, err
		}
		l.words = substitute(l.words, r.vars)
		a := &args{file: r.file.Name, line: l}
		u := &rule{times: -1}
		if w, ok := a.peek(); ok && strings.HasPrefix(w.text, "/") && w.key == "" {
			a.next++
			u.path = w.text
		}
		w, err := a.plain("a status code, fail or never")
		if err != nil {
			return nil, err
		}
		switch w.text {
		case "fail":
			u.fail = true
		case "never":
			u.never = true
		default:
			if u.answer.Status, err = a.asNumber(w, "a status code, fail or never", 100, 999); err != nil {
				return nil, err
			}
		}
		for w, ok := a.take(); ok; w, ok = a.take() {
			if err := u.option(a, w); err != nil {
				return nil, err
			}
		}
		rules = append(rules, u)
	}
	return rules, nil
}

// option reads one option of a rule.
func (u *rule) option(a *args, w word) (err error) {
	d := &u.answer
	switch w.key {
	case "times":
		u.times, err = a.asNumber(w, "times", 1, mostTimes)
	case "after":
		u.after, err = a.asDuration(w)
	case "unless":
		user, password, _ := strings.Cut(strings.TrimPrefix(w.text, "basic:"), ":")
		var v []byte
		v, err = credentials.AppendBasic(nil, user, password)
		u.unless = string(v)
	case "location":
		d.Location = w.value()
	case "challenge":
		d.Challenges = append(d.Challenges, w.value())
	case "protocol":
		d.Subprotocol = w.value()
	case "extensions":
		d.Extensions = list(w)
	case "header":
		d.Header, err = a.field(d.Header, w)
	case "body":
		d.Body = []byte(w.value())
	case "body-type":
		d.BodyType = w.value()
	case "upgrade":
		d.Upgrade = w.value()
	case "reroute":
		d.Reroute = w.value()
	default:
		return a.mistake("unknown option %q of a rule; expected one of after= body= body-type= challenge= extensions= header= location= protocol= reroute= times= unless= upgrade=", w)
	}
	return err
}
