package wire

import "strconv"

// AppendRequestLine writes "METHOD target HTTP/1.1\r\n". It refuses a method
// that is not a token and a target that [Request.Parse] would refuse under the
// default limits.
func AppendRequestLine[S, M text](dst []byte, method M, target S) ([]byte, error) {
	if !ValidToken(method) {
		return dst, newError(KindMethod, 0, "not a token", method)
	}
	l := DefaultLimits()
	if len(target) > l.Target || len(method)+len(target)+len("  HTTP/1.1") > l.Line {
		return dst, &ParseError{Kind: KindTargetTooLong, Detail: "over the limit"}
	}
	if i := outside(target, isTarget); i >= 0 {
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
func AppendStatusLine[S text](dst []byte, status int, reason S) ([]byte, error) {
	if status < 100 || status > 999 {
		return dst, &ParseError{Kind: KindStatusCode, Detail: strconv.Itoa(status)}
	}
	if i := outside(reason, isValue); i >= 0 {
		return dst, newError(KindStatusLine, i, "control byte in the reason", reason)
	}
	if len(reason)+len("HTTP/1.1 101 ") > DefaultLimits().Line {
		return dst, &ParseError{Kind: KindLineTooLong, Detail: "reason over the limit"}
	}
	dst = append(dst, "HTTP/1.1 "...)
	dst = append(dst, '0'+byte(status/100), '0'+byte(status/10%10), '0'+byte(status%10), ' ')
	dst = append(dst, reason...)
	return append(dst, '\r', '\n'), nil
}

// AppendField writes "Name: value\r\n", with exactly one space and the name as
// spelled: some clients compare case, and some cut two bytes after the name. The
// name must be a token. The value may be empty; blanks at either end are
// refused, not trimmed, as are control bytes. Whether the field makes sense is
// not looked at.
func AppendField[S, N text](dst []byte, name N, value S) ([]byte, error) {
	if !ValidToken(name) {
		return dst, newError(KindFieldName, 0, "not a token", name)
	}
	if i := outside(value, isValue); i >= 0 {
		return dst, newError(KindFieldValue, i, "control byte in this field", name)
	}
	if !ValidFieldValue(value) {
		return dst, newError(KindFieldValue, 0, "blank at an end in this field", name)
	}
	if len(name) > maxName || len(name)+len(value)+2 > DefaultLimits().Line {
		return dst, newError(KindLineTooLong, 0, "over the limit", name)
	}
	dst = append(dst, name...)
	dst = append(dst, ':', ' ')
	dst = append(dst, value...)
	return append(dst, '\r', '\n'), nil
}

// AppendEnd writes the empty line that ends a head.
func AppendEnd(dst []byte) []byte { return append(dst, '\r', '\n') }

// appendRest writes fields, Content-Length where needed, the empty line and the
// body of a message that began at out[base:].
func appendRest(out []byte, base int, fields Fields, body []byte, l *Limits, request, bodiless bool) ([]byte, error) {
	var err error
	h := head{length: -1}
	count := len(fields)
	for _, f := range fields {
		if out, err = AppendField(out, f.Name, f.Value); err != nil {
			return out, err
		}
		var k Kind
		switch {
		case request && equalFold(f.Name, "Host"):
			k = h.checkHost(f.Value)
		case equalFold(f.Name, "Content-Length"):
			k = h.checkLength(f.Value, l, bodiless)
		case equalFold(f.Name, "Transfer-Encoding"):
			k = h.fail(KindTransferEncoding, 0, "not used inside messages")
		}
		if k != 0 {
			return out, newError(k, 0, h.what, f.Name)
		}
	}
	n := int64(len(body))
	switch {
	case bodiless && n > 0:
		return out, &ParseError{Kind: KindBodyForbidden, Detail: "body with a status that allows none"}
	case n > int64(l.Body):
		return out, &ParseError{Kind: KindBodyTooLarge, Offset: l.Body, Detail: "over the limit"}
	case h.length > n:
		return out, &ParseError{Kind: KindBodyTooShort, Detail: "less than Content-Length"}
	case h.length >= 0 && h.length < n:
		return out, &ParseError{Kind: KindSurplus, Detail: "more than Content-Length"}
	case h.length < 0 && n > 0:
		out = append(out, "Content-Length: "...)
		out = strconv.AppendInt(out, n, 10)
		out = append(out, '\r', '\n')
		count++
	}
	if count > l.Fields {
		return out, &ParseError{Kind: KindTooManyFields, Detail: strconv.Itoa(count)}
	}
	out = AppendEnd(out)
	if len(out)-base > l.Head {
		return out, &ParseError{Kind: KindHeadTooLarge, Offset: l.Head, Detail: "over the limit"}
	}
	return append(out, body...), nil
}

// outside returns the index of the first byte of s that is not in the class, or -1.
func outside[S text](s S, bit uint8) int {
	for i := 0; i < len(s); i++ {
		if class[s[i]]&bit == 0 {
			return i
		}
	}
	return -1
}
