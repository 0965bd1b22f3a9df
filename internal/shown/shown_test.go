package shown

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOutput(t *testing.T) {
	const page = "text\n```console\n$ a\n$ b\none\ntwo\n$ c\nthree\n```\n$ d\n"
	for command, want := range map[string]string{"a": "", "b": "one\ntwo\n", "c": "three\n"} {
		got, ok := Output(page, command)
		require.True(t, ok, command)
		require.Equal(t, want, got, command)
	}
	_, ok := Output(page, "x")
	require.False(t, ok)
}

func TestMatches(t *testing.T) {
	require.True(t, Matches("one\n...\nf... x\n", "one\ntwo\nthree\nfour x\n"))
	require.True(t, Matches("one\n...\n", "one\n"))
	require.True(t, Matches("...\none\n", "none\none\n"))
	require.False(t, Matches("one\n", "one\ntwo\n"))
	require.False(t, Matches("one\n...\nfour\n", "one\ntwo four\n"))
	require.False(t, Matches("a.c\n", "abc\n"))
}
