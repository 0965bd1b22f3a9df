package session

import (
	"fmt"
	"reflect"

	"example.com/khp/wire"
)

// small are limits that a program reaches in a few steps.
var small = wire.Limits{Head: 2 << 10, Line: 1 << 10, Body: 2 << 10, Unit: 4 << 10, Messages: 40}

// bounded checks the memory that an endpoint holds on to: at most the bytes that its limits allow,
// twice because slices grow by doubling, and the memory that any handshake needs. given is memory
// of the host that the endpoint was told to look at.
func bounded(endpoint any, limits wire.Limits, given int) error {
	l := limits.OrDefault()
	most := 2*(l.Unit+l.Head+l.Body) + 32<<10 + 2*given
	if n := held(reflect.ValueOf(endpoint), map[pointer]bool{}); n > most {
		return fmt.Errorf("%d bytes are held, the limits allow %d", n, most)
	}
	return nil
}

// pointer tells apart a pointer to a struct and one to its first field.
type pointer struct {
	to uintptr
	t  reflect.Type
}

// held adds up the memory that can be reached from v: arrays behind slices with their capacity,
// strings with their length. Memory that two views share counts twice, the target of several
// pointers once, and a ghost not at all: it keeps the calls that it has seen.
func held(v reflect.Value, seen map[pointer]bool) (n int) {
	switch v.Kind() {
	case reflect.Pointer:
		if p := (pointer{v.Pointer(), v.Type()}); p.to != 0 && !seen[p] {
			seen[p] = true
			return held(v.Elem(), seen)
		}
	case reflect.Interface:
		if !v.IsNil() {
			return held(v.Elem(), seen)
		}
	case reflect.String:
		return v.Len()
	case reflect.Slice:
		n = v.Cap() * int(v.Type().Elem().Size())
		if v.Type().Elem().Kind() != reflect.Uint8 {
			for i := range v.Len() {
				n += held(v.Index(i), seen)
			}
		}
	case reflect.Struct:
		if v.Type().PkgPath() == "example.com/khp/internal/ghost" {
			return 0
		}
		for i := range v.NumField() {
			n += held(v.Field(i), seen)
		}
	}
	return n
}
