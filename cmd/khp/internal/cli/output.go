package cli

import (
	"errors"
	"os"
	"path/filepath"
)

// Writable finds out, before work is done for them, whether the files that flags name can be
// written: pairs of a flag and a name, of which an empty one is none. Nothing is left behind.
func Writable(files ...[2]string) error {
	flags := map[string]string{}
	for _, file := range files {
		flag, name := file[0], file[1]
		if name == "" {
			continue
		}
		if err := NoDash(flag, name); err != nil {
			return err
		}
		if other := flags[filepath.Clean(name)]; other != "" {
			return Usagef("--%s %s: --%s writes there as well; choose another file", flag, name, other)
		}
		flags[filepath.Clean(name)] = flag
		if err := writable(name); err != nil {
			return Unwritable(flag, name, err)
		}
	}
	return nil
}

func writable(name string) error {
	switch info, err := os.Stat(name); {
	case err == nil && info.IsDir():
		return errors.New("is a directory")
	case err == nil && !info.Mode().IsRegular(): // opening a pipe may wait
		return nil
	case err == nil:
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return f.Close()
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_ = f.Close()
	return os.Remove(f.Name())
}

// NoDash refuses - as the name of a file that a flag writes: it would be a file of that name, and
// not the standard output.
func NoDash(flag, name string) error {
	if name != "-" {
		return nil
	}
	return Usagef("--%s -: expected a file; /dev/stdout is the standard output, "+
		"./- a file of that name", flag)
}

// Unwritable reports that the file that a flag names cannot be written.
func Unwritable(flag, name string, err error) error {
	return Usagef("--%s %s: %s; choose a file that can be written", flag, name, Cause(err))
}
