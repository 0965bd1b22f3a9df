package script

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/sim/network"
	"example.com/khp/sim/script/internal/lang"
	"example.com/khp/sim/script/internal/stage"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
)

// rule is the decision of a server for the requests that it applies to.
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
func runServer(r *runner, a *lang.Args) error {
	if r.opts.Live != nil {
		a.Next = len(a.Line.Words)
		return nil // the peer under test is in its place
	}
	name, err := a.Plain("a host name such as a.example, or host:port")
	if err != nil {
		return err
	}
	var o network.SiteOptions
	o.Config.Machine = fsm.DefaultServerConfig()
	echo, say := false, ""
	for w, ok := a.Take(); ok; w, ok = a.Take() {
		switch w.Key {
		case "echo":
			echo, err = a.Choice(w, "yes", "no")
		case "say":
			say = w.Value()
		case "plain":
			o.Config.Machine.Plain, err = a.Choice(w, "yes", "no")
		case "any-target":
			o.Config.AnyTarget, err = a.Choice(w, "yes", "no")
		case "challenges":
			err = a.Small(&o.Config.Machine.MaxChallenges, w)
		case "opening-extensions":
			o.OpeningExtensions = lang.List(w)
		default:
			name, ok := strings.CutPrefix(w.Key, "timeout.")
			if !ok {
				return a.Mistake("unknown option %q of server; expected one of any-target= challenges= echo= "+
					"opening-extensions= plain= say= timeout.NAME=", w)
			}
			err = a.Timeout(&o.Config.Timeouts, name, w)
		}
		if err != nil {
			return err
		}
	}
	if r.opts.Altered != nil {
		o.Config.Machine = r.opts.Altered.Server(o.Config.Machine)
	}
	rules, err := r.rules(a.Line.Below)
	if err != nil {
		return err
	}
	addSite(r.world, name.Text, o, rules, echo, say)
	return nil
}

// addSite makes a site.
func addSite(w *stage.World, name string, o network.SiteOptions, rules []*rule,
	echo bool, say string) {
	w.Started = true
	o.Decide = func(_ int, q *endpoint.Request) (endpoint.Decision, time.Duration, error) {
		return decide(rules, q)
	}
	o.Opened = func(h *network.Server) {
		if say != "" {
			h.Send(wire.Text, say)
		}
	}
	if echo {
		o.Got = func(h *network.Server, m network.Message) { h.Send(m.Type, m.Data) }
	}
	w.Sites = append(w.Sites, &stage.Site{Name: name, Host: w.Net.Serve(name, o)})
}

// forever is longer than any run.
const forever = 1_000_000 * time.Hour

// decide finds the rule that applies.
func decide(rules []*rule, q *endpoint.Request) (endpoint.Decision, time.Duration, error) {
	for _, u := range rules {
		if u.times == 0 || u.path != "" && u.path != q.Path() ||
			u.unless != "" && u.unless == q.Authorization {
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
func (r *runner) rules(lines []lang.Line) (rules []*rule, err error) {
	for _, l := range lines {
		if err := r.spend(l, 1); err != nil {
			return nil, err
		}
		l.Words = lang.Substitute(l.Words, r.vars)
		a := &lang.Args{File: r.file.Name, Line: l}
		u := &rule{times: -1}
		if w, ok := a.Peek(); ok && strings.HasPrefix(w.Text, "/") && w.Key == "" {
			a.Next++
			u.path = w.Text
		}
		w, err := a.Plain("a status code, fail or never")
		if err != nil {
			return nil, err
		}
		switch w.Text {
		case "fail":
			u.fail = true
		case "never":
			u.never = true
		default:
			if u.answer.Status, err = a.Number(w, "a status code, fail or never", 100, 999); err != nil {
				return nil, err
			}
		}
		for w, ok := a.Take(); ok; w, ok = a.Take() {
			if err := u.option(a, w); err != nil {
				return nil, err
			}
		}
		rules = append(rules, u)
	}
	return rules, nil
}

// option reads one option of a rule.
func (u *rule) option(a *lang.Args, w lang.Word) (err error) {
	d := &u.answer
	switch w.Key {
	case "times":
		u.times, err = a.Number(w, "times", 1, lang.MostTimes)
	case "after":
		u.after, err = a.Duration(w)
	case "unless":
		user, password, _ := strings.Cut(strings.TrimPrefix(w.Text, "basic:"), ":")
		var v []byte
		v, err = credentials.AppendBasic(nil, user, password)
		u.unless = string(v)
	case "location":
		d.Location = w.Value()
	case "challenge":
		d.Challenges = append(d.Challenges, w.Value())
	case "protocol":
		d.Subprotocol = w.Value()
	case "extensions":
		d.Extensions = lang.List(w)
	case "header":
		d.Header, err = a.Field(d.Header, w)
	case "body":
		d.Body = []byte(w.Value())
	case "body-type":
		d.BodyType = w.Value()
	case "upgrade":
		d.Upgrade = w.Value()
	case "reroute":
		d.Reroute = w.Value()
	default:
		return a.Mistake("unknown option %q of a rule; expected one of after= body= body-type= "+
			"challenge= extensions= header= location= protocol= reroute= times= unless= upgrade=", w)
	}
	return err
}
