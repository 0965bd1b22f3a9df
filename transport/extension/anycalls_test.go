package extension

import (
	"reflect"
	"testing"
	"time"

	"example.com/khp/internal/anycall"
	"pgregory.net/rapid"
)

// made returns values that cannot be made up: times, extensions, sessions, and flows within a stack
// and without one.
func made(t *rapid.T, typ reflect.Type) (v reflect.Value, ok bool) {
	one := func(list ...any) (reflect.Value, bool) {
		v := reflect.New(typ).Elem()
		if x := rapid.SampledFrom(list).Draw(t, "made"); x != nil {
			v.Set(reflect.ValueOf(x))
		}
		return v, true
	}
	now := time.Date(2026, time.May, 4, 12, 0, rapid.IntRange(0, 600).Draw(t, "seconds"), 0, time.UTC)
	switch typ {
	case reflect.TypeFor[time.Time]():
		return one(time.Time{}, now, now, now)
	case reflect.TypeFor[time.Duration]():
		return one(time.Duration(0), -time.Second, time.Millisecond, 5*time.Second,
			time.Duration(1<<63-1))
	case reflect.TypeFor[Extension]():
		return one(nil, IdleTimeout{}, IdleTimeout{Period: time.Second}, PingPong{}, PingPong{})
	case reflect.TypeFor[Session]():
		_, sessions := Accept([]Extension{IdleTimeout{Period: time.Second}, PingPong{}},
			[]string{IdleTimeoutName, PingPongName}, nil)
		client, _ := Confirm([]Extension{IdleTimeout{}, PingPong{}},
			[]string{IdleTimeoutName + ";timeout=20", PingPongName + ";01010102"})
		return one(nil, Pass{}, sessions[0], sessions[1], client[0], client[1])
	case reflect.TypeFor[Flow]():
		return one(Flow{}, Flow{NewStack([]Session{Pass{}}), 0})
	}
	return v, false
}

// Whatever is called in whatever order with whatever arguments: nothing panics.
func TestAnyCalls(t *testing.T) {
	functions := map[string]any{"Offers": Offers, "Accept": Accept, "Confirm": Confirm,
		"NewStack": NewStack}
	anycall.Complete(t, ".", functions)
	texts := []string{IdleTimeoutName, PingPongName, IdleTimeoutName + ";timeout=20",
		PingPongName + ";01010102", "\x01\x01\x01\x02\x09\x00", "\x01\x01\x01\x02", "x-a", "text"}
	rapid.Check(t, func(t *rapid.T) {
		_, sessions := Accept([]Extension{IdleTimeout{Period: time.Second}, PingPong{}},
			[]string{IdleTimeoutName, PingPongName}, nil)
		c := anycall.Caller{Texts: texts, Values: made}
		c.Run(t, []any{NewStack(sessions), &Stack{}, &Error{}, &Flow{}, &IdleTimeout{}, &PingPong{},
			&Pass{}, new(Kind), new(ActionKind)}, functions, 60)
	})
}
