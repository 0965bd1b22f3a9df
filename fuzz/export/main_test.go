package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/khp/fuzz/corpus"
)

func TestExport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	n, err := export(dir)
	require.NoError(t, err)
	found := 0
	require.NoError(t, filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if !d.IsDir() {
			found++
		}
		return err
	}))
	require.Equal(t, n, found)
	for _, c := range corpus.Cases() {
		if c.Messages == nil {
			b, err := os.ReadFile(filepath.Join(dir, string(c.Kind), c.ID))
			require.NoError(t, err)
			require.Equal(t, string(c.Input), string(b), c.ID)
			continue
		}
		entries, err := os.ReadDir(filepath.Join(dir, string(c.Kind), c.ID))
		require.NoError(t, err)
		require.Len(t, entries, len(c.Messages), c.ID)
	}
	dict, err := os.ReadFile(filepath.Join(dir, "khp.dict"))
	require.NoError(t, err)
	require.Equal(t, corpus.Dictionary(), string(dict))
	index, err := os.ReadFile(filepath.Join(dir, "index.tsv"))
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(string(index), "\n"), "\n")
	require.Len(t, lines, len(corpus.Cases())+1)
	for _, l := range lines {
		require.Equal(t, 5, strings.Count(l, "\t"), l)
	}
}

func TestExport_NotADirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	_, err := export(file)
	require.Error(t, err)
}
