package script

import (
	"fmt"
	"slices"
	"strings"

	"example.com/khp/sim/network"
)

// runExpect compares how a host stands: expect HOST STATE... [KEY=VALUE...]. What it asks for is never rewritten.
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
		case x.key == "":
			words = append(words, x.text)
		case !slices.Contains(list, fact{x.key, x.value()}) && !(x.text == "none" && !hasKey(list, x.key)):
			missing = append(missing, x.key+"="+x.text)
		}
	}
	if want := strings.Join(words, " "); want != "" && want != state {
		missing = append([]string{want}, missing...)
	}
	if len(missing) > 0 {
		r.expected(a.line, "expect "+w.text+" "+strings.Join(missing, " "), describe(w.text, h))
	}
	return nil
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
