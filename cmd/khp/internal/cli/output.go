package cli

import (
	"errors"
	"os"
	"path/filepath"
)

// Writable finds out, before work is done for it, whether the file that a flag names can be
// written. Nothing is left behind. An empty name is none.
func Writable(flag, name string) error {
	if name == "" {
		return nil
	}
	err := errors.New("is a directory")
	if info, e := os.Stat(name); e != nil || !info.IsDir() {
		var f *os.File
		if f, err = os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*"); err == nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
			return nil
		}
	}
	return Unwritable(flag, name, err)
}

// Unwritable reports that the file that a flag names cannot be written.
func Unwritable(flag, name string, err error) error {
	return Usagef("--%s %s: %s; choose a file that can be written", flag, name, Cause(err))
}
