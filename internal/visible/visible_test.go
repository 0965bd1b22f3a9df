package visible_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"example.com/khp/internal/visible"
	"github.com/stretchr/testify/require"
)

// playful are characters of each kind that controls terminals, turns text around, begins lines or
// cannot be seen.
var playful = []rune{
	0, '\a', '\b', '\v', '\f', '\x1b', 0x7f, 0x85, 0x9b, 0x9d, 0xad, 0x61c, 0x180e, 0x200b, 0x200c,
	0x200d, 0x200e, 0x200f, 0x2028, 0x2029,
	0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2066, 0x2067, 0x2068, 0x2069, 0x206f, 0x3164,
	0xfeff, 0xfff9, 0x1d173, 0xe0001, 0xe0041,
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "",
		"plain text, grüße, 日本　語": "plain text, grüße, 日本　語",
		"❤️ ≤ ₂ e\u0301":          "❤️ ≤ ₂ e\u0301",
		"a\tb\nc\r\nd":            "a\tb\nc\r\nd",
		"a\rb\r":                  `a\rb\r`,
		"\x1b[2J\x9b\u009b":       `\x1b[2J\x9b\u009b`,
		"\xff\xc3(\xed\xa0\x80":   `\xff\xc3(\xed\xa0\x80`,
		"a\u2028b\u202ec":         `a\u2028b\u202ec`,
		"\U000e0041\ufffd":        "\\U000e0041\ufffd",
	} {
		require.Equal(t, want, visible.Text(in), "%q", in)
	}
	require.Equal(t, `a\tb\nc\r\nd`, visible.Line("a\tb\nc\r\nd"))
	require.Zero(t, testing.AllocsPerRun(100, func() { visible.Text("nothing to do, ü") }))
}

func TestNothingPlayfulIsLeft(t *testing.T) {
	for _, r := range playful {
		in := "a" + string(r) + "b"
		for _, out := range []string{visible.Text(in), visible.Line(in),
			string(visible.JSON([]byte(encoded(t, in))))} {
			require.NotContains(t, strings.TrimSpace(out), string(r), "%U", r)
			require.Greater(t, len(out), len("ab"), "it is not dropped silently")
		}
	}
	for r := rune(0); r <= unicode.MaxRune; r++ { // all of them are visible after all
		for _, c := range visible.Line(string(r)) {
			if !visible.Rune(c) || unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Fatalf("%U became %q", r, visible.Line(string(r)))
			}
		}
	}
}

// Escaping JSON does not change its value.
func TestJSON_SameValue(t *testing.T) {
	var all strings.Builder
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if utf8.ValidRune(r) {
			all.WriteRune(r)
		}
	}
	in := map[string]string{all.String(): "a\u202e\\u202e\"<" + all.String()}
	var out bytes.Buffer
	e := json.NewEncoder(visible.JSONWriter(&out))
	require.NoError(t, e.Encode(in))
	for _, r := range strings.TrimSpace(out.String()) {
		if !visible.Rune(r) {
			t.Fatalf("%U is left", r)
		}
	}
	var again map[string]string
	require.NoError(t, json.Unmarshal(out.Bytes(), &again))
	require.True(t, fmt.Sprint(in) == fmt.Sprint(again))
	require.Equal(t, `"\ufffd"`, string(visible.JSON([]byte("\"\xff\""))), "as a decoder reads it")
}

func TestWriters_Slog(t *testing.T) {
	dirty := string(playful) + "\xff"
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(visible.Writer(b), nil) },
		"json": func(b *bytes.Buffer) slog.Handler {
			return slog.NewJSONHandler(visible.JSONWriter(b), nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			slog.New(handler(&b)).WithGroup(dirty).Error(dirty, dirty, dirty)
			require.Equal(t, 1, strings.Count(b.String(), "\n"))
			for _, r := range playful {
				require.NotContains(t, b.String(), string(r), "%U", r)
			}
		})
	}
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}
