package script

import (
	"fmt"
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/sim/network"
)

// runExpect compares how a host stands: expect HOST STATE... [KEY=VALUE...]. What it asks for is
// never rewritten.
func runExpect(r *runner, a *args) error {
	w, err := a.plain("the name of a client or server")
	if err != nil {
		return err
	}
	for _, c := range r.world.clients {
		if c.name == w.text && c.host == nil {
			return a.expectRefused(r, c)
		}
	}
	h, ok := r.world.find(w.text)
	if !ok {
		return a.mistake("there is no client or server %q; %s", w.text, r.world.known())
	}
	if h == nil {
		r.expected(a.line, "expect "+w.text, "no connection came to "+w.text)
		a.next = len(a.line.words)
		return nil
	}
	state, list := facts(h)
	if c, ok := h.(*network.Client); ok && len(c.Connections()) == 1 {
		list = append(list, fact{"connections", "1"})
	}
	var words, missing []string
	for x, ok := a.take(); ok; x, ok = a.take() {
		switch {
		case x.key != "" && !slices.Contains(expectKeys, x.key):
			return a.mistake("unknown key %q; expected one of %s", x.key, strings.Join(expectKeys, ", "))
		case x.key == "":
			words = append(words, x.text)
		case !slices.Contains(list, fact{x.key, x.value()}) && !(x.text == "none" && !hasKey(list, x.key)):
			missing = append(missing, x.key+"="+x.text)
		}
	}
	want := strings.Join(words, " ")
	if !isState(want) {
		return a.mistake("unknown state %q; expected open, closed, given up, refused, failed FAILURE or waiting PHASE, as in failed MissingTerminator or waiting ClientReading", want)
	}
	if want != "" && want != state {
		missing = append([]string{want}, missing...)
	}
	if len(missing) > 0 {
		r.expected(a.line, "expect "+w.text+" "+strings.Join(missing, " "), describe(w.text, h))
	}
	return nil
}

// expectKeys are the keys of facts.
var expectKeys = []string{"close", "connections", "extensions", "got", "plain", "protocol", "retry-after", "status"}

// isState reports whether facts could ever describe a host so; "" leaves it open.
func isState(text string) bool {
	word, name, _ := strings.Cut(text, " ")
	switch word {
	case "failed":
		return slices.ContainsFunc(slices.Collect(failures), func(f fsm.Failure) bool { return f.String() == "Failure"+name })
	case "waiting":
		return slices.ContainsFunc(slices.Collect(phases), func(p string) bool { return p == name })
	}
	return slices.Contains([]string{"", "open", "closed", "given up", "refused"}, text)
}

// failures iterates over all failures that there are.
func failures(yield func(fsm.Failure) bool) {
	for f := fsm.Failure(1); !strings.Contains(f.String(), "("); f++ {
		if !yield(f) {
			return
		}
	}
}

// phases iterates over the names of all phases.
func phases(yield func(string) bool) {
	for p := fsm.ClientIdle; p <= fsm.ClientFailed; p++ {
		if !yield(p.String()) {
			return
		}
	}
	for p := fsm.ServerOpening; p <= fsm.ServerDone; p++ {
		if !yield(p.String()) {
			return
		}
	}
}

func hasKey(list []fact, key string) bool {
	return slices.ContainsFunc(list, func(f fact) bool { return f.key == key })
}

// expectRefused is for a client that could not be made.
func (a *args) expectRefused(r *runner, c *client) error {
	w, err := a.plain("refused")
	if err == nil && w.text != "refused" {
		r.expected(a.line, fmt.Sprintf("expect %s %s", c.name, w.text), c.name+" refused: "+c.refused)
	}
	return err
}
