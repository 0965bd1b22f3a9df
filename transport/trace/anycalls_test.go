package trace

import (
	"bytes"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/khp/internal/anycall"
	"pgregory.net/rapid"
)

// Whatever is called in whatever order with whatever arguments: nothing panics.
func TestAnyCalls(t *testing.T) {
	functions := map[string]any{
		"ClientConfig": ClientConfig, "NewReader": NewReader, "NewWriter": NewWriter,
		"ParseProfile": ParseProfile, "ProfileName": ProfileName, "Redact": Redact,
		"ServerConfig": ServerConfig,
	}
	anycall.Complete(t, ".", functions)
	const header = `{"khp":"trace","version":1,"tool":"khp","side":"client",` +
		`"config":{"profile":"spec","max_redirects":5}}` + "\n"
	texts := []string{
		header, header +
			`{"conn":1,"side":"client","kind":"message","dir":"receive","type":"binary","data":"aGk="}` +
			"\n", `{"khp":"trace","version":99}` + "\n", "\n\n", "spec", "kaazing", "client",
		"opening", "message",
		"GET / HTTP/1.1\r\nCookie: a=b\r\nAuthorization: Basic eA==\r\n\r\n",
		"HTTP/1.1 101 x\r\nSet-Cookie: a", "send", "receive", "X-Key",
	}
	rapid.Check(t, func(t *rapid.T) {
		values := func(t *rapid.T, typ reflect.Type) (v reflect.Value, ok bool) {
			switch typ {
			case reflect.TypeFor[time.Time]():
				return reflect.ValueOf(rapid.SampledFrom([]time.Time{{}, time.Unix(1777888999, 5),
					time.Unix(1<<55, 0)}).Draw(t, "time")), true
			case reflect.TypeFor[io.Reader]():
				return reflect.ValueOf(strings.NewReader(rapid.SampledFrom(texts).Draw(t, "file"))), true
			case reflect.TypeFor[io.Writer]():
				return reflect.ValueOf(&bytes.Buffer{}), true
			}
			return v, false
		}
		w, _ := NewWriter(io.Discard, Header{})
		c := anycall.Caller{Texts: texts, Values: values}
		c.Run(t, []any{w, &Writer{}, &Reader{}, &Error{}, &Record{}, &Header{}, &Config{}, new(Data),
			new(Kind), new(Direction)}, functions, 60)
	})
}
