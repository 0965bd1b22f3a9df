package script

import (
	"fmt"
	"slices"
	"strings"

	"example.com/khp/sim/network"
	"example.com/khp/sim/script/internal/lang"
	"example.com/khp/sim/script/internal/stage"
)

// runExpect compares how a host stands: expect HOST STATE... [KEY=VALUE...]. Its expectations are
// never rewritten.
func runExpect(r *runner, a *lang.Args) error {
	w, err := a.Plain("the name of a client or server")
	if err != nil {
		return err
	}
	for _, c := range r.world.Clients {
		if c.Name == w.Text && c.Host == nil {
			return expectRefused(a, r, c)
		}
	}
	h, ok := r.world.Find(w.Text)
	if !ok {
		return a.Mistake("there is no client or server %q; %s", w.Text, r.world.Known())
	}
	if h == nil {
		r.expected(a.Line, "expect "+w.Text, "no connection came to "+w.Text)
		a.Next = len(a.Line.Words)
		return nil
	}
	state, list := stage.Facts(h)
	if c, ok := h.(*network.Client); ok && len(c.Connections()) == 1 {
		list = append(list, stage.Fact{Key: "connections", Value: "1"})
	}
	var words, missing []string
	for x, ok := a.Take(); ok; x, ok = a.Take() {
		switch {
		case x.Key != "" && !slices.Contains(stage.ExpectKeys, x.Key):
			return a.Mistake("unknown key %q; expected one of %s",
				x.Key, strings.Join(stage.ExpectKeys, ", "))
		case x.Key == "":
			words = append(words, x.Text)
		case !slices.Contains(list, stage.Fact{Key: x.Key, Value: x.Value()}) &&
			!(x.Text == "none" && !stage.HasKey(list, x.Key)):
			missing = append(missing, x.Key+"="+x.Text)
		}
	}
	want := strings.Join(words, " ")
	if !stage.IsState(want) {
		return a.Mistake("unknown state %q; expected open, closed, given up, refused, "+
			"failed FAILURE or waiting PHASE, as in failed MissingTerminator or waiting ClientReading", want)
	}
	if want != "" && want != state {
		missing = append([]string{want}, missing...)
	}
	if len(missing) > 0 {
		r.expected(a.Line, "expect "+w.Text+" "+strings.Join(missing, " "), stage.Describe(w.Text, h))
	}
	return nil
}

// expectRefused is for a client that could not be made.
func expectRefused(a *lang.Args, r *runner, c *stage.Client) error {
	w, err := a.Plain("refused")
	if err == nil && w.Text != "refused" {
		r.expected(a.Line, fmt.Sprintf("expect %s %s", c.Name, w.Text), c.Name+" refused: "+c.Refused)
	}
	return err
}
