package wire

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// within reports whether view, if it holds anything, lies in b[:n] with its capacity.
func within(view, b []byte) bool {
	if cap(view) == 0 {
		return true
	}
	from, to := uintptr(unsafe.Pointer(unsafe.SliceData(b))),
		uintptr(unsafe.Pointer(unsafe.SliceData(view)))
	return to >= from && to+uintptr(cap(view)) <= from+uintptr(len(b))
}

// The memory behind a unit has no influence on how the unit is read, and no view
// reaches into it.
func TestParse_StaysWithinTheUnit(t *testing.T) {
	t.Attr("req", "INV-52")
	piece := rapid.SampledFrom([]string{
		"HTTP/1.1 200 OK\r\n", "GET / HTTP/1.1\r\n", "HTTP/1.1 101", "A: b\r\n", "Content-Length: 3\r\n",
		"\r\n", "abc", "\r", "\n", " ", ":", "\xff", "HTTP/1.1 401 No\r\n", "x: \t y \r\n",
	})
	start := rapid.SampledFrom([]string{"HTTP/1.1 200 OK\r\n", "GET /p HTTP/1.1\r\n",
		"HTTP/1.1 204", ""})
	rapid.Check(t, func(t *rapid.T) {
		unit := []byte(start.Draw(t, "start"))
		for _, p := range rapid.SliceOfN(piece, 0, 8).Draw(t, "pieces") {
			unit = append(unit, p...)
		}
		behind := piece.Draw(t, "behind") + piece.Draw(t, "further behind")
		room := append(append(make([]byte, 0, len(unit)+len(behind)), unit...), behind...)
		alone, before := append([]byte(nil), unit...), room[:len(unit)]

		var r1, r2 Response
		require.Equal(t, r1.Parse(alone, Limits{}), r2.Parse(before, Limits{}))
		checkViews(t, before, r2.Reason, r2.Body, r2.Fields)
		var q1, q2 Request
		require.Equal(t, q1.Parse(alone, Limits{}), q2.Parse(before, Limits{}))
		checkViews(t, before, q2.Target, q2.Body, q2.Fields)
		require.Equal(t, behind, string(room[len(unit):]), "nor is anything written there")
	})
}

func checkViews(t *rapid.T, unit, first, second []byte, fields Fields) {
	views := [][]byte{first, second}
	for _, f := range fields {
		views = append(views, f.Name, f.Value)
	}
	for _, v := range views {
		require.True(t, within(v, unit), "%q reaches beyond %q", v[:cap(v)], unit)
	}
}

// No part of a message reaches over the end of it, where the memory goes on.
func TestParse_PartsEndWithThemselves(t *testing.T) {
	roomBehind := func(text string) []byte { return []byte(text + "behind")[:len(text)] }
	var q Request
	in := roomBehind("GET /p HTTP/1.1\r\nA: b\r\nContent-Length: 3\r\n\r\nabc")
	require.NoError(t, q.Parse(in, Limits{}))
	for _, v := range [][]byte{q.Method, q.Target, q.Body, q.Fields[0].Name, q.Fields[0].Value} {
		require.NotEmpty(t, v)
		require.Equal(t, len(v), cap(v), "%q", v)
	}
	for _, length := range []string{"", "Content-Length: 3\r\n"} {
		var r Response
		in = roomBehind("HTTP/1.1 403 No\r\nA: b\r\n" + length + "\r\nabc")
		require.NoError(t, r.Parse(in, Limits{}))
		for _, v := range [][]byte{r.Reason, r.Body, r.Fields[0].Name, r.Fields[0].Value} {
			require.NotEmpty(t, v)
			require.Equal(t, len(v), cap(v), "%q", v)
		}
	}
}
