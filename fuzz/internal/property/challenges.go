package property

import (
	"bytes"
	"strings"

	"example.com/khp/wire"
)

// Challenges parses b as a WWW-Authenticate value. Schemes are tokens and every view stands in the
// value, in order; a challenge written again parses to itself; all of them joined by commas parse
// to the same list; and a parameter that stands there is found.
func Challenges(b []byte) error {
	before := bytes.Clone(b)
	there := []wire.Challenge{{Scheme: []byte("there")}}
	list, err := wire.ParseChallenges(there, b)
	if !bytes.Equal(b, before) {
		return broken("the input was changed: %q", b)
	}
	if err != nil {
		if len(list) != 1 || wire.KindOf(err) != wire.KindChallenge {
			return broken("a refused value left %d challenges, %v", len(list), err)
		}
		return parseError(err, len(b))
	}
	list = list[1:]
	if len(list) == 0 || len(list) > 32 {
		return broken("%d challenges", len(list))
	}
	rest := string(b)
	var texts []string
	for _, c := range list {
		i := strings.Index(rest, string(c.Scheme))
		if !token(string(c.Scheme)) || i < 0 {
			return broken("scheme %q in %q", c.Scheme, rest)
		}
		rest = rest[i+len(c.Scheme):]
		if !strings.Contains(rest, string(c.Token)) || !strings.Contains(rest, string(c.Params)) {
			return broken("token %q or parameters %q are not in %q", c.Token, c.Params, rest)
		}
		if !c.Application && c.Token != nil && c.Params != nil {
			return broken("both a token and parameters: %q", writeChallenge(c))
		}
		if err := challenge(c); err != nil {
			return err
		}
		texts = append(texts, writeChallenge(c))
	}
	return joined(list, texts)
}

// writeChallenge writes a challenge in the usual way.
func writeChallenge(c wire.Challenge) string {
	s := string(c.Scheme)
	if c.Application {
		s = "Application " + s
	}
	if c.Token != nil {
		s += " " + string(c.Token)
	}
	if c.Params != nil {
		s += " " + string(c.Params)
	}
	return s
}

// plain reports whether a challenge has no words between its parameters, which makes it one that
// can be written from its parts.
func plain(c wire.Challenge) bool { return c.Token == nil || c.Params == nil }

func challenge(c wire.Challenge) error {
	if plain(c) {
		again, err := wire.ParseChallenges(nil, []byte(writeChallenge(c)))
		if err != nil || len(again) != 1 || !sameChallenge(again[0], c) {
			return broken("%+v written as %q gives %+v, %v", c, writeChallenge(c), again, err)
		}
	}
	name, _, ok := strings.Cut(string(c.Params), "=")
	if name = blanks(name); ok && token(name) {
		if _, found := c.Param(strings.ToUpper(name)); !found {
			return broken("parameter %q of %q is not found", name, c.Params)
		}
	}
	if v, found := c.Param("no such parameter"); found {
		return broken("found %q", v)
	}
	return nil
}

func joined(list []wire.Challenge, texts []string) error {
	for _, c := range list {
		if !plain(c) {
			return nil
		}
	}
	again, err := wire.ParseChallenges(nil, []byte(strings.Join(texts, ", ")))
	if err != nil || len(again) != len(list) {
		return broken("%q joined gives %+v, %v", texts, again, err)
	}
	for i := range list {
		if !sameChallenge(again[i], list[i]) {
			return broken("%q joined gives %q at %d", texts, writeChallenge(again[i]), i)
		}
	}
	return nil
}

func sameChallenge(a, b wire.Challenge) bool {
	return a.Application == b.Application && bytes.Equal(a.Scheme, b.Scheme) &&
		bytes.Equal(a.Token, b.Token) && bytes.Equal(a.Params, b.Params)
}
