package corpus

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCase_Bytes(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", `a\r\n\x00é\"`, "a\r\n\x00é\""},
		{"repeat", `<\R{3,ab}>`, "<ababab>"},
		{"repeat escapes", `\R{2,\r\n}\R{0,x}`, "\r\n\r\n"},
		{"comma in the text", `\R{2,a,}`, "a,a,"},
		{"escaped backslash", `\\R{2,a}`, `\R{2,a}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Case{Input: c.in}.Bytes()
			require.NoError(t, err)
			require.Equal(t, c.want, string(got))
		})
	}
	for _, in := range []string{`\R{2,a`, `\R{a,b}`, `\R{-1,b}`, `\R{9999999,b}`, `"`, `\`, `\B`} {
		_, err := Case{ID: "odd", Input: in}.Bytes()
		require.ErrorContains(t, err, "odd: ", in)
	}
}

func TestCase_Messages(t *testing.T) {
	got, err := Case{Input: `\Ba\\B\r\T\B\R{2,\Tx}`}.Messages()
	require.NoError(t, err)
	require.Equal(t, []Message{{false, []byte("a\\B\r")}, {true, []byte{}}, {false, []byte{}},
		{true, []byte("x")}, {true, []byte("x")}}, got)
	for _, in := range []string{`a`, `\B\q`, `\R{`, `\r`} {
		_, err := Case{ID: "odd", Input: in}.Messages()
		require.ErrorContains(t, err, "odd: ", in)
	}
}

func TestRead(t *testing.T) {
	got, err := Read(strings.NewReader(`{"id":"a","kind":"request","input":"x","why":"w"}` +
		"\n" + `{"id":"b"}`))
	require.NoError(t, err)
	require.Equal(t, []Case{{ID: "a", Kind: "request", Input: "x", Why: "w"}, {ID: "b"}}, got)
	_, err = Read(strings.NewReader("{}\n{"))
	require.ErrorContains(t, err, "line 2")
}
