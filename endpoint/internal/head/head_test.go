package head

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// A head has the fields of its lines, behind the earlier content of the memory.
func TestHead(t *testing.T) {
	h := Head{B: []byte("before"), From: len("before")}
	h.RequestLine("GET", "/p?q")
	h.Field("A", "1")
	h.Bytes("B", []byte("2"))
	h.Date(time.Date(2026, 3, 7, 9, 5, 2, 999, time.UTC))
	h.List("C", []string{"x", "y;z"}, nil, []string{"w"})
	h.List("D", nil, []string{})
	h.List("F", []string{"f"})
	h.List("E", []string{strings.Repeat("e", 300)})
	require.Equal(t, "beforeGET /p?q HTTP/1.1\r\nA: 1\r\nB: 2\r\n"+
		"Date: Sat, 07 Mar 2026 09:05:02 GMT\r\n"+
		"C: x, y;z, w\r\nF: f\r\nE: "+strings.Repeat("e", 300)+"\r\n\r\n", string(h.End()))
	require.NoError(t, h.Err)
	h = Head{}
	h.StatusLine(407, "Who are you")
	require.Equal(t, "HTTP/1.1 407 Who are you\r\n\r\n", string(h.End()))
	require.NoError(t, h.Err)
}

// The first line that cannot be written is the reason why the head cannot be sent, whatever
// follows.
func TestHead_Unwritable(t *testing.T) {
	for name, write := range map[string]func(h *Head){
		"request line": func(h *Head) { h.RequestLine("GET", "/a b") },
		"status line":  func(h *Head) { h.StatusLine(200, "a\r\nb") },
		"field":        func(h *Head) { h.Field("A", "first\r\nX: forged") },
		"bytes":        func(h *Head) { h.Bytes("A", []byte("first\x00")) },
		"name":         func(h *Head) { h.Field("A:", "1") },
		"list":         func(h *Head) { h.List("A", []string{"1"}, []string{"2\n"}) },
	} {
		t.Run(name, func(t *testing.T) {
			var h Head
			write(&h)
			first := h.Err
			require.Error(t, first)
			h.Field("B", "1")
			h.Bytes("C", []byte("2"))
			h.List("D", []string{"3"})
			h.Field("E:", "")
			require.Equal(t, first, h.Err)
			require.NotContains(t, string(h.End()), "forged")
			require.Equal(t, first, h.Err)
			h.B = append(h.B, make([]byte, wire.DefaultLimits().Head)...)
			h.End()
			require.Equal(t, first, h.Err, "although it is too long, too")
		})
	}
}

// A head that a peer with the default limits would not read is not sent: one of just that many
// fields, or bytes, is.
func TestHead_Limits(t *testing.T) {
	limits := wire.DefaultLimits()
	for name, most := range map[string]func(more int) *Head{
		"fields": func(more int) *Head {
			h := &Head{B: make([]byte, 10), From: 10}
			h.StatusLine(200, "OK")
			for i := range limits.Fields + more {
				if i%2 == 0 {
					h.Field(fmt.Sprint("A", i), "")
				} else {
					h.Bytes(fmt.Sprint("A", i), nil)
				}
			}
			return h
		},
		"bytes": func(more int) *Head {
			h := &Head{B: make([]byte, 10), From: 10}
			h.StatusLine(200, "OK")
			room := limits.Head - len("HTTP/1.1 200 OK\r\n\r\n")
			for room > 5000 {
				h.Field("A", strings.Repeat("x", 2000-len("A: \r\n")))
				room -= 2000
			}
			h.Field("A", strings.Repeat("x", room+more-len("A: \r\n")))
			return h
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := most(0)
			b := h.End()[10:]
			require.NoError(t, h.Err)
			var r wire.Response
			err := r.Parse(b, limits)
			require.NoError(t, err, "a peer reads it")
			h = most(1)
			b = h.End()[10:]
			err = r.Parse(b, limits)
			require.Error(t, err, "a peer does not")
			var bad *wire.ParseError
			require.ErrorAs(t, h.Err, &bad)
			require.Equal(t, wire.KindOf(err), bad.Kind)
			require.Contains(t, bad.Detail, " are read")
			require.Equal(t, map[string]int{"fields": len(b), "bytes": limits.Head}[name], bad.Offset)
		})
	}
}
