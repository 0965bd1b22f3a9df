package lang

import (
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
)

// List cuts a value at commas.
func List(w Word) []string {
	if w.Text == "" {
		return nil
	}
	return strings.Split(w.Value(), ",")
}

// Small reads a budget.
func (a *Args) Small(into *uint8, w Word) error {
	n, err := a.Number(w, w.Key, 0, 20)
	*into = uint8(n)
	return err
}

// Choice reads one of two words; it is true for the first.
func (a *Args) Choice(w Word, yes, no string) (bool, error) {
	if w.Text != yes && w.Text != no {
		return false, a.Mistake("expected %s=%s or %s=%s, got %q", w.Key, yes, w.Key, no, w.Text)
	}
	return w.Text == yes, nil
}

// Field reads "Name: value".
func (a *Args) Field(fields []endpoint.HeaderField, w Word) ([]endpoint.HeaderField, error) {
	name, value, ok := strings.Cut(w.Value(), ": ")
	if !ok {
		return nil, a.Mistake("expected %s=\"Name: value\", got %q", w.Key, w.Text)
	}
	return append(fields, endpoint.HeaderField{Name: name, Value: value}), nil
}

// Timeout reads timeout.NAME=DURATION.
func (a *Args) Timeout(into *endpoint.Timeouts, name string, w Word) error {
	t, err := a.Timer(name)
	if err != nil {
		return err
	}
	d, err := a.Duration(w)
	if err == nil && d == 0 {
		err = a.Mistake("a timeout cannot be 0; leave out timeout.%s for its default", name)
	}
	into.Set(t, d)
	return err
}

// TakeDuration takes a duration.
func (a *Args) TakeDuration(expected string) (time.Duration, error) {
	w, err := a.Plain(expected)
	if err != nil {
		return 0, err
	}
	return a.Duration(w)
}

func (a *Args) Duration(w Word) (time.Duration, error) {
	d, err := time.ParseDuration(w.Text)
	if err != nil || d < 0 || d > 10_000*time.Hour {
		return 0, a.Mistake("expected a duration up to 10000h such as 10ms, 30s or 1h, got %q", w.Text)
	}
	return d, nil
}

// Closing takes an optional close code and reason.
func (a *Args) Closing() (code int, reason string, err error) {
	if _, ok := a.Peek(); !ok {
		return 0, "", nil
	}
	if code, err = a.TakeNumber("a close code", 0, 65535); err != nil {
		return 0, "", err
	}
	if w, ok := a.Take(); ok {
		reason = w.Value()
	}
	return code, reason, nil
}

// timersByName are all timers, by the names that transcripts use.
var timersByName = func() map[string]fsm.Timer {
	m := map[string]fsm.Timer{}
	for t := fsm.TimerOpening; t <= fsm.TimerReplay; t++ {
		m[strings.ToLower(strings.TrimPrefix(t.String(), "Timer"))] = t
	}
	return m
}()

// Timer is the timer of that name.
func (a *Args) Timer(name string) (fsm.Timer, error) {
	t, ok := timersByName[strings.ToLower(name)]
	if !ok {
		return 0, a.Mistake("unknown timer %q; expected one of %s",
			name, strings.Join(slices.Sorted(maps.Keys(timersByName)), ", "))
	}
	return t, nil
}
