package property

import (
	"bytes"
	"strings"

	"example.com/khp/internal/scan"
	"example.com/khp/wire"
)

// Extensions parses b as a Sec-WebSocket-Extensions value. The slow judge agrees and reads the same
// names and parameters; each element, written again, parses to itself; and two lists joined by a
// comma are the elements of both.
func Extensions(b []byte) error {
	before := bytes.Clone(b)
	there := []wire.Extension{{Name: []byte("there")}}
	list, err := wire.ParseExtensions(there, b)
	if !bytes.Equal(b, before) {
		return broken("the input was changed: %q", b)
	}
	slow, ok := slowExtensions(string(b))
	if ok != (err == nil) {
		return broken("the slow judge says %v, wire says %v", ok, err)
	}
	if err != nil {
		if len(list) != 1 || wire.KindOf(err) != wire.KindList {
			return broken("a refused list left %d elements, %v", len(list), err)
		}
		return parseError(err, len(b))
	}
	list = list[1:]
	if len(list) != len(slow) {
		return broken("%d elements, the slow judge has %d", len(list), len(slow))
	}
	for i, e := range list {
		if err := extension(e, slow[i]); err != nil {
			return err
		}
	}
	twice, err := wire.ParseExtensions(nil, append(append(bytes.Clone(b), ','), b...))
	if err != nil || len(twice) != 2*len(list) {
		return broken("the list twice has %d elements instead of %d, %v", len(twice), 2*len(list), err)
	}
	return nil
}

// extension compares one element with that of the slow judge.
func extension(e wire.Extension, slow slowElement) error {
	if string(e.Name) != slow.name {
		return broken("element %q, the slow judge has %q", e.Name, slow.name)
	}
	i := 0
	for name, v := range e.All() {
		if i == len(slow.params) || slow.params[i].name != string(name) ||
			slow.params[i].value != string(v) || slow.params[i].has != (v != nil) {
			return broken("parameter %d of %q is %q=%q, the slow judge has %+v",
				i, e.Name, name, v, slow.params)
		}
		if first, ok := e.Param(string(name)); !ok || first == nil && v != nil && i == 0 {
			return broken("parameter %q is listed and not found", name)
		}
		i++
	}
	if i != len(slow.params) {
		return broken("%d parameters of %q, the slow judge has %+v", i, e.Name, slow.params)
	}
	text := string(e.Name)
	if e.Params != nil {
		text += ";" + string(e.Params)
	}
	again, err := wire.ParseExtensions(nil, []byte(text))
	if err != nil || len(again) != 1 || !bytes.Equal(again[0].Name, e.Name) ||
		!bytes.Equal(again[0].Params, e.Params) {
		return broken("%q gives %+v instead of %+v, %v", text, again, e, err)
	}
	return nil
}

type slowParam struct {
	name, value string
	has         bool
}

type slowElement struct {
	name   string
	params []slowParam
}

// slowExtensions reads a list by cutting at commas and semicolons, which is right because no quoted
// value may hold either.
func slowExtensions(s string) (list []slowElement, ok bool) {
	for element := range strings.SplitSeq(s, ",") {
		if element = blanks(element); element == "" {
			continue
		}
		parts := strings.Split(element, ";")
		e := slowElement{name: blanks(parts[0])}
		if !token(e.name) {
			return nil, false
		}
		for _, p := range parts[1:] {
			name, v, has := strings.Cut(blanks(p), "=")
			if has && strings.HasPrefix(v, `"`) {
				if v, ok = slowUnquote(v); !ok {
					return nil, false
				}
			}
			if !token(name) || has && !token(v) {
				return nil, false
			}
			e.params = append(e.params, slowParam{name, v, has})
		}
		list = append(list, e)
	}
	return list, len(list) > 0
}

// slowUnquote takes quotes and backslashes away.
func slowUnquote(s string) (string, bool) {
	if len(s) < 2 || !strings.HasSuffix(s, `"`) {
		return "", false
	}
	s = s[1 : len(s)-1]
	var out strings.Builder
	for s != "" {
		switch {
		case s[0] == '\\' && len(s) > 1:
			s = s[1:]
		case s[0] == '\\' || s[0] == '"':
			return "", false
		}
		out.WriteByte(s[0])
		s = s[1:]
	}
	return out.String(), true
}

func blanks(s string) string { return strings.Trim(s, " \t") }

// Tokens parses b as a list of tokens, and looks each of them up with HasToken.
func Tokens(b []byte) error {
	there := [][]byte{[]byte("there")}
	list, err := wire.ParseTokens(there, b)
	var slow []string
	ok := true
	for t := range strings.SplitSeq(string(b), ",") {
		if t = blanks(t); t != "" {
			slow = append(slow, t)
			ok = ok && token(t)
		}
	}
	if ok = ok && len(slow) > 0; ok != (err == nil) {
		return broken("the slow judge says %v, wire says %v", ok, err)
	}
	for _, t := range slow { // also in lists that are refused
		if !scan.HasToken(b, t) || !scan.HasToken(b, strings.ToUpper(t)) && ascii(t) {
			return broken("token %q is listed and not found", t)
		}
	}
	if err != nil {
		if len(list) != 1 || wire.KindOf(err) != wire.KindList {
			return broken("a refused list left %d elements, %v", len(list), err)
		}
		return parseError(err, len(b))
	}
	if string(bytes.Join(list[1:], []byte(","))) != strings.Join(slow, ",") {
		return broken("tokens %q, the slow judge has %q", list[1:], slow)
	}
	return nil
}

func ascii(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return r > 0x7e }) < 0 }
