package wire

import (
	"iter"

	"example.com/khp/internal/scan"
)

// Extension is one element of Sec-WebSocket-Extensions. Params is the text after the first ';' of
// the element, checked but not decoded, nil if there is none. Both are views into the field value.
type Extension struct{ Name, Params []byte }

// ParseExtensions appends the elements of one Sec-WebSocket-Extensions value to dst; call it for
// each field line in order. The grammar is that of RFC 6455 section 9.1: tokens with ';'
// parameters, a parameter with or without value, a value a token or a quoted token. Blanks are
// allowed around ',' and ';' and refused around '='. Empty elements between commas are skipped; a
// list without any element is refused. Errors have KindList; the result is then dst as it was.
//
//khp:impl WSP-EXT-01
//khp:impl WSP-EXT-02
//khp:impl KHP-EXT-REQ-03
//khp:impl KHP-EXT-REQ-05
//khp:impl KHP-EXT-RSP-08
//khp:impl KHP-EXT-RSP-12
func ParseExtensions(dst []Extension, value []byte) ([]Extension, error) {
	n := len(dst)
	for i := scan.SkipEmpty(value, 0); i < len(value); i = scan.SkipEmpty(value, i) {
		j := scan.Token(value, i)
		if j == i {
			return dst[:n], newError(KindList, i, "not an extension name", value)
		}
		e := Extension{Name: value[i:j:j]}
		i = scan.SkipSpace(value, j)
		params, last := i, i
		for i < len(value) && value[i] == ';' {
			p, what := scanParam(value, scan.SkipSpace(value, i+1))
			if what != "" {
				return dst[:n], newError(KindList, p, what, value)
			}
			last = p
			i = scan.SkipSpace(value, p)
		}
		if last > params {
			e.Params = scan.View(value, params+1, last)
		}
		if i < len(value) && value[i] != ',' {
			return dst[:n], newError(KindList, i, "comma or semicolon expected", value)
		}
		dst = append(dst, e)
	}
	if len(dst) == n {
		return dst, newError(KindList, 0, "no extension", value)
	}
	return dst, nil
}

// scanParam reads name, name=token or name="token" at i and returns where it
// ends, or where it is wrong and why.
func scanParam(b []byte, i int) (end int, what string) {
	j := scan.Token(b, i)
	if j == i {
		return j, "not a parameter name"
	}
	if j == len(b) || b[j] != '=' {
		return j, ""
	}
	j++
	if j < len(b) && b[j] == '"' {
		return scanQuotedToken(b, j)
	}
	k := scan.Token(b, j)
	if k == j {
		return k, "not a parameter value"
	}
	return k, ""
}

// scanQuotedToken reads a quoted-string whose content is a token.
func scanQuotedToken(b []byte, i int) (end int, what string) {
	open := i
	for i++; i < len(b) && b[i] != '"'; i++ {
		if b[i] == '\\' && i+1 < len(b) {
			i++
		}
		if !scan.Is(b[i], scan.IsToken) {
			return i, "quoted value is not a token"
		}
	}
	switch i {
	case len(b):
		return open, "quote is not closed"
	case open + 1:
		return open, "quoted value is empty"
	}
	return i + 1, ""
}

// All iterates over the parameters in order. The value is nil for a parameter without one, and the
// content of a quoted value. The value is a view unless a quoted value holds a backslash.
func (e Extension) All() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		b := e.Params
		for i := 0; ; i++ {
			i = scan.SkipSpace(b, i)
			end, what := scanParam(b, i)
			if what != "" {
				return
			}
			j := scan.Token(b, i)
			var v []byte
			if j < end {
				v = scan.Unquote(b[j+1 : end : end])
			}
			if !yield(b[i:j:j], v) {
				return
			}
			if i = scan.SkipSpace(b, end); i == len(b) || b[i] != ';' {
				return
			}
		}
	}
}

// Param returns the value of the first parameter of that name, compared byte for
// byte, as extension names are. ok with a nil value means present without one.
func (e Extension) Param(name string) (value []byte, ok bool) {
	for n, v := range e.All() {
		if string(n) == name {
			return v, true
		}
	}
	return nil, false
}

// ParseTokens appends the elements of a comma-separated list of tokens to dst:
// Sec-WebSocket-Protocol, Connection, Upgrade. One call takes one field value;
// call it for each line in turn. Empty elements between commas are skipped, as
// RFC 9110 section 5.6.1 asks of a recipient, but a list without any element is
// refused. The elements are views into value. Errors have KindList; the result is then dst as it
// was.
func ParseTokens(dst [][]byte, value []byte) ([][]byte, error) {
	n := len(dst)
	for i := scan.SkipEmpty(value, 0); i < len(value); i = scan.SkipEmpty(value, i) {
		j := scan.Token(value, i)
		if j == i {
			return dst[:n], newError(KindList, i, "not a token", value)
		}
		dst = append(dst, value[i:j:j])
		if i = scan.SkipSpace(value, j); i < len(value) && value[i] != ',' {
			return dst[:n], newError(KindList, i, "comma expected", value)
		}
	}
	if len(dst) == n {
		return dst, newError(KindList, 0, "no element", value)
	}
	return dst, nil
}
