package wire

import (
	"slices"
	"strconv"

	"example.com/khp/internal/scan"
)

// AppendRequestLine writes "METHOD target HTTP/1.1\r\n". It refuses a method that is not a token
// and a target that [Request.Parse] would refuse under the default limits.
func AppendRequestLine[S, M scan.Text](dst []byte, method M, target S) ([]byte, error) {
	if !scan.ValidToken(method) {
		return dst, newError(KindMethod, 0, "not a token", method)
	}
	const window = defaultLine + len("\r\n") // of a line that is longer, [Request.Parse] reads so much
	switch before := len(method) + len(" "); {
	case before < window && before+len(target) >= window:
		return dst, &ParseError{Kind: KindTargetTooLong, Detail: "over the limit"}
	case before+len(target)+len(" HTTP/1.1") > defaultLine:
		return dst, &ParseError{Kind: KindLineTooLong, Detail: "request line over the limit"}
	}
	if i := scan.Outside(target, scan.IsTarget); i >= 0 {
		return dst, newError(KindTarget, i, "byte not allowed", target)
	}
	if !validTargetForm(target) {
		return dst, newError(KindTarget, 0, "neither a path nor an http or ws URL", target)
	}
	dst = append(dst, method...)
	dst = append(dst, ' ')
	dst = append(dst, target...)
	return append(dst, " HTTP/1.1\r\n"...), nil
}

// AppendStatusLine writes "HTTP/1.1 status reason\r\n". The status must be 100
// to 999. An empty reason leaves the space in place.
func AppendStatusLine[S scan.Text](dst []byte, status int, reason S) ([]byte, error) {
	if status < 100 || status > 999 {
		return dst, &ParseError{Kind: KindStatusCode, Detail: strconv.Itoa(status)}
	}
	if i := scan.Outside(reason, scan.IsValue); i >= 0 { // there may be blanks at its ends
		return dst, newError(KindStatusLine, i, "control byte in the reason", reason)
	}
	if len(reason)+len("HTTP/1.1 101 ") > defaultLine {
		return dst, &ParseError{Kind: KindLineTooLong, Detail: "reason over the limit"}
	}
	dst = append(dst, "HTTP/1.1 "...)
	dst = append(dst, '0'+byte(status/100), '0'+byte(status/10%10), '0'+byte(status%10), ' ')
	dst = append(dst, reason...)
	return append(dst, '\r', '\n'), nil
}

// AppendField writes "Name: value\r\n", with exactly one space and the name as spelled: some
// clients compare case, and some cut two bytes after the name. The name must be a token. The value
// may be empty; blanks at either end are refused, not trimmed, as are control bytes. The meaning of
// the field is not checked.
func AppendField[S, N scan.Text](dst []byte, name N, value S) ([]byte, error) {
	out, ok := appendField(dst, name, value)
	if !ok {
		return dst, fieldError(name, value)
	}
	return out, nil
}

// appendField looks at the bytes of a field while it copies them.
func appendField[S, N scan.Text](dst []byte, name N, value S) (out []byte, ok bool) {
	if !fitsField(len(name), len(value)) {
		return nil, false
	}
	from := len(dst)
	out = slices.Grow(dst, len(name)+len(value)+4)
	out = out[:from+len(name)+len(value)+4]
	line := out[from:]
	if !scan.CopyToken(line, name) {
		return nil, false
	}
	line = line[len(name):]
	line[0], line[1] = ':', ' '
	line = line[2:]
	if !scan.CopyValue(line, value) {
		return nil, false
	}
	line = line[len(value):]
	line[0], line[1] = '\r', '\n'
	return out, true
}

func fitsField(name, value int) bool { return name <= maxName && name+value+2 <= defaultLine }

// fieldError describes the fault of a malformed field.
func fieldError[S, N scan.Text](name N, value S) error {
	if !scan.ValidToken(name) {
		return newError(KindFieldName, 0, "not a token", name)
	}
	if i := scan.Outside(value, scan.IsValue); i >= 0 {
		return newError(KindFieldValue, i, "control byte in this field", name)
	}
	if !scan.ValidValue(value) {
		return newError(KindFieldValue, 0, "blank at an end in this field", name)
	}
	return newError(KindLineTooLong, 0, "over the limit", name)
}

// AppendEnd writes the empty line that ends a head.
func AppendEnd(dst []byte) []byte { return append(dst, '\r', '\n') }

// appendRest writes fields, Content-Length where needed, the empty line and the
// body of a message that began at out[base:].
func appendRest(
	out []byte, base int, fields Fields, body []byte, request, bodiless bool,
) ([]byte, error) {
	h := newHead()
	count := len(fields)
	for i := range fields {
		name, value := fields[i].Name, fields[i].Value
		var ok bool
		if out, ok = appendField(out, name, value); !ok {
			return out, fieldError(name, value)
		}
		if isSpecial(name) {
			if k := h.special(name, value, defaultBody, request, bodiless); k != 0 {
				return out, newError(k, 0, h.what, name)
			}
		}
	}
	n := int64(len(body))
	switch {
	case bodiless && n > 0:
		return out, &ParseError{Kind: KindBodyForbidden, Detail: "body with a status that allows none"}
	case n > defaultBody:
		return out, &ParseError{Kind: KindBodyTooLarge, Offset: defaultBody, Detail: "over the limit"}
	case h.length > n:
		return out, &ParseError{Kind: KindBodyTooShort, Detail: "less than Content-Length"}
	case h.length == n:
	case h.length >= 0:
		return out, &ParseError{Kind: KindSurplus, Detail: "more than Content-Length"}
	case n > 0:
		out = append(out, "Content-Length: "...)
		out = strconv.AppendInt(out, n, 10)
		out = append(out, '\r', '\n')
		count++
	}
	if count > defaultFields {
		return out, &ParseError{Kind: KindTooManyFields, Detail: strconv.Itoa(count)}
	}
	out = AppendEnd(out)
	if len(out)-base > defaultHead {
		return out, &ParseError{Kind: KindHeadTooLarge, Offset: defaultHead, Detail: "over the limit"}
	}
	return append(out, body...), nil
}
