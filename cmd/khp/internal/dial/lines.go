package dial

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"

	"example.com/khp/internal/terminal"
	"example.com/khp/transport"
)

// maxLine is the longest line of the input, in bytes.
const maxLine = transport.DefaultReadLimit

// wayRound is the advice for a line that is too long.
const wayRound = "send it with --send-file FILE"

var errLongLine = fmt.Errorf("a line has more than %d bytes; %s", maxLine, wayRound)

// terminalLines are the lengths in bytes of lines that a terminal has cut, or might have. A
// terminal drops the bytes beyond them without a word.
var terminalLines = map[string][2]int{"linux": {4095, 4095}, "darwin": {1023, 1024}}

// readLines cuts r into lines without their ends. It reads stdin: a pipe, a file, or a terminal
// that edits lines by itself.
func readLines(stdin any, r io.Reader, lines chan<- []byte, done <-chan struct{}) error {
	cut := [2]int{-1, -1}
	if at, ok := terminalLines[runtime.GOOS]; ok && terminal.IsTerminal(stdin) {
		cut = at
	}
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 64<<10), maxLine+2) // with its end
	for s.Scan() {
		switch n := len(s.Bytes()); {
		case n > maxLine:
			return errLongLine
		case n >= cut[0] && n <= cut[1]:
			return fmt.Errorf("a terminal cuts lines after %d bytes; %s, or through a pipe",
				cut[0], wayRound)
		}
		select {
		case lines <- bytes.Clone(s.Bytes()):
		case <-done:
			return nil
		}
	}
	if errors.Is(s.Err(), bufio.ErrTooLong) {
		return errLongLine
	}
	return s.Err()
}
