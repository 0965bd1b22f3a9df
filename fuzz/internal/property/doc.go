// Package property has the properties of package wire: they hold for any bytes. Each function takes
// one input, gives it to every function that it is meant for, and returns an error that says which
// promise was broken. The fuzz targets are these functions with seeds, so the same checks run as
// tests, under `go test -fuzz`, and under libFuzzer. Package session has the properties of package
// endpoint.
//
// The judges (slow.go, and the monitor of package network) are written from the documentation and
// share no code with the code that they judge.
package property

import (
	"errors"
	"fmt"

	"example.com/khp/wire"
)

// Check fails the input that broke a property. T is a *testing.T, or its substitute where targets
// are built for libFuzzer.
func Check(t interface{ Fatal(...any) }, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

// broken is the error of a property that does not hold.
func broken(format string, args ...any) error { return fmt.Errorf(format, args...) }

// parseError checks the promises of every error of package wire: its type, a kind, an offset inside
// the input, and a text that can be logged.
func parseError(err error, size int) error {
	var p *wire.ParseError
	if !errors.As(err, &p) {
		return broken("an error of type %T, expected *wire.ParseError: %v", err, err)
	}
	if p.Kind == 0 || p.Offset < 0 || p.Offset > size {
		return broken("kind %v at offset %d of %d bytes: %v", p.Kind, p.Offset, size, err)
	}
	text := err.Error()
	for i := 0; i < len(text); i++ {
		if text[i] < ' ' || text[i] > '~' {
			return broken("the text of an error is not printable ASCII: %q", text)
		}
	}
	if len(text) > 400 {
		return broken("an error of %d bytes: %q", len(text), text)
	}
	return nil
}

// sameError compares kind and offset: the text may quote more or less.
func sameError(a, b error) bool {
	if a == nil || b == nil {
		return a == b
	}
	var x, y *wire.ParseError
	return errors.As(a, &x) && errors.As(b, &y) && x.Kind == y.Kind && x.Offset == y.Offset
}
