package verdict

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/wire"
)

// Pattern describes one thing that a peer may do.
type Pattern struct {
	Kind       Kind
	Low, High  int    // status or close code; both 0 is any
	Data       []byte // of a message, Ping, Pong or body; nil is any
	Conditions []Condition
}

// Condition is one thing that an HTTP message must fulfil.
type Condition struct{ Key, Value string }

// conditions by their key. The value is that of the condition.
var conditions = map[string]func(s *Seen, value string) bool{
	// "Name: value", a value of the field is so, or an element of it; * is anything
	"": func(s *Seen, v string) bool { return s.field(v, strings.EqualFold) },
	"exact": func(s *Seen, v string) bool {
		return slices.ContainsFunc(s.Fields, func(f string) bool { return glob(v, f) })
	},
	"has":      func(s *Seen, v string) bool { return s.count(v) > 0 },
	"no":       func(s *Seen, v string) bool { return s.count(v) == 0 },
	"once":     func(s *Seen, v string) bool { return s.count(v) == 1 },
	"start":    func(s *Seen, v string) bool { return glob(v, s.Start) },
	"type":     func(s *Seen, v string) bool { return s.Type.String() == v },
	"messages": func(s *Seen, v string) bool { return strconv.Itoa(s.Messages) == v },
	"within":   within,
	"not": func(s *Seen, v string) bool {
		return !slices.ContainsFunc(s.Fields, func(f string) bool { return glob(v, f) })
	},
	"spelled": func(s *Seen, v string) bool {
		return s.everyField(func(n, _ string) bool { return n == v || !strings.EqualFold(n, v) })
	},
	"spaced": func(s *Seen, _ string) bool {
		return s.everyField(func(_, v string) bool { return v == " "+strings.TrimSpace(v) })
	},
	"frames": func(s *Seen, v string) bool { return strconv.Itoa(s.Frames) == v },
}

// everyField reports whether f holds for name and value of all fields.
func (s *Seen) everyField(f func(name, value string) bool) bool {
	return !slices.ContainsFunc(s.Fields, func(line string) bool {
		name, value, _ := strings.Cut(line, ":")
		return !f(name, value)
	})
}

// ConditionKeys lists the keys that conditions can have, beside none.
func ConditionKeys() []string {
	var keys []string
	for k := range conditions {
		if k != "" {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// Match reports whether p describes s.
func (p *Pattern) Match(s *Seen) bool {
	switch {
	case p.Kind == "message":
		if s.Kind != Text && s.Kind != Binary && s.Kind != Terminator {
			return false
		}
	case p.Kind != s.Kind:
		return false
	}
	if p.High != 0 && (s.Code < p.Low || s.Code > p.High) ||
		p.Data != nil && !bytes.Equal(p.Data, s.Data) {
		return false
	}
	if (p.Kind == Proceed || p.Kind == Reroute) && s.Type != wire.Binary {
		return false
	}
	for _, c := range p.Conditions {
		if !conditions[c.Key](s, c.Value) {
			return false
		}
	}
	return true
}

// String describes p in words.
func (p *Pattern) String() string {
	words := []string{string(p.Kind)}
	switch {
	case p.High == 0:
	case p.Low == p.High:
		words = append(words, strconv.Itoa(p.Low))
	default:
		words = append(words, fmt.Sprintf("%d-%d", p.Low, p.High))
	}
	if p.Data != nil {
		words = append(words, Quote(p.Data))
	}
	for _, c := range p.Conditions {
		words = append(words, strings.TrimPrefix(c.Key+"=", "=")+strconv.Quote(c.Value))
	}
	return strings.Join(words, " ")
}

// values iterates over the values of a field, in the order of the message.
func (s *Seen) values(name string) (list []string) {
	for _, f := range s.Fields {
		if n, v, ok := strings.Cut(f, ":"); ok && strings.EqualFold(n, name) {
			list = append(list, strings.TrimSpace(v))
		}
	}
	return list
}

func (s *Seen) count(name string) int { return len(s.values(name)) }

// field reports whether a field has the value, alone or as an element of its list.
func (s *Seen) field(want string, same func(a, b string) bool) bool {
	name, value, _ := strings.Cut(want, ":")
	value = strings.TrimSpace(value)
	return slices.ContainsFunc(s.values(name), func(v string) bool {
		return glob(value, v) || slices.ContainsFunc(elements(v),
			func(e string) bool { return glob(value, e) || same(value, e) })
	})
}

// within reports whether all elements of a field have a name that the value lists. Without the
// field it holds; an empty list is none.
func within(s *Seen, want string) bool {
	name, list, _ := strings.Cut(want, ":")
	allowed := elements(list)
	for _, v := range s.values(name) {
		if v == "" {
			return false
		}
		for _, e := range elements(v) {
			token, _, _ := strings.Cut(e, ";")
			if !slices.Contains(allowed, strings.TrimSpace(token)) {
				return false
			}
		}
	}
	return true
}

func elements(list string) []string {
	parts := strings.Split(list, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// glob compares s with a pattern in which * stands for anything.
func glob(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	for _, p := range parts[1 : len(parts)-1] {
		_, rest, ok := strings.Cut(s, p)
		if !ok {
			return false
		}
		s = rest
	}
	return strings.HasSuffix(s, parts[len(parts)-1])
}
