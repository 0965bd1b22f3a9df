// Package ownparser stands for a parser of your own: parser_test.go has all that it takes to try it
// on the corpus of khp, and to fuzz it from there.
//
//	go test .                                    # verdicts that differ, cuts, mutations
//	go test . -fuzz FuzzParse -fuzztime 1000000x # new inputs, from the corpus on
package ownparser

import (
	"bytes"
	"errors"
	"strconv"
)

// Request is an HTTP/1.1 request in one message.
type Request struct {
	Method, Target string
	Fields         [][2]string
	Body           []byte
}

var errMalformed = errors.New("ownparser: malformed")

// Parse parses a whole request. Nothing may follow it.
func Parse(b []byte) (r Request, err error) {
	head, body, ok := bytes.Cut(b, []byte("\r\n\r\n"))
	lines := bytes.Split(head, []byte("\r\n"))
	start := bytes.Split(lines[0], []byte(" "))
	if !ok || len(start) != 3 || !token(start[0]) || len(start[1]) == 0 || !target(start[1]) ||
		!version(start[2]) {
		return r, errMalformed
	}
	r.Method, r.Target = string(start[0]), string(start[1])
	size := -1
	for _, line := range lines[1:] {
		name, value, ok := bytes.Cut(line, []byte(":"))
		value = bytes.Trim(value, " \t")
		if !ok || !token(name) || bytes.ContainsFunc(value, control) {
			return r, errMalformed
		}
		switch {
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			return r, errMalformed
		case bytes.EqualFold(name, []byte("Content-Length")):
			n, err := strconv.ParseUint(string(value), 10, 31)
			if err != nil || size >= 0 {
				return r, errMalformed
			}
			size = int(n)
		}
		r.Fields = append(r.Fields, [2]string{string(name), string(value)})
	}
	if max(size, 0) != len(body) {
		return r, errMalformed
	}
	r.Body = body
	return r, nil
}

// Append writes r in such a way that Parse reads it again.
func (r Request) Append(b []byte) []byte {
	b = append(b, r.Method+" "+r.Target+" HTTP/1.1\r\n"...)
	for _, f := range r.Fields {
		b = append(b, f[0]+": "+f[1]+"\r\n"...)
	}
	return append(append(b, "\r\n"...), r.Body...)
}

func token(b []byte) bool {
	return len(b) > 0 && !bytes.ContainsFunc(b, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || bytes.ContainsRune([]byte(`"(),/:;<=>?@[\]{}`), c)
	})
}

func target(b []byte) bool {
	scheme, _, absolute := bytes.Cut(b, []byte("://"))
	return (b[0] == '/' || absolute && token(scheme)) && !bytes.ContainsAny(b, "#") &&
		!bytes.ContainsFunc(b, func(c rune) bool { return c <= ' ' || c == 0x7f })
}

func version(b []byte) bool {
	return len(b) == 8 && bytes.HasPrefix(b, []byte("HTTP/1.")) && b[7] >= '1' && b[7] <= '9'
}

func control(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }
