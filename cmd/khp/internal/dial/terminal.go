package dial

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/internal/terminal"
	"golang.org/x/term"
)

// maxHistory is how many lines a history keeps.
const maxHistory = 1000

// console is a terminal at which a person types messages: with line editing, a history, and
// received messages printed above the line being typed.
type console struct {
	*term.Terminal
	screen  *screen
	restore func()
	file    *os.File    // of the history; nil keeps none
	cut     atomic.Bool // the last line was too long
}

// maxTyped is how many characters x/term takes in a line; it drops all further ones.
const maxTyped = 4096

// screen is where a terminal is drawn. Nothing is drawn after the farewell.
type screen struct {
	io.Writer
	leaving, left atomic.Bool
}

const farewell = "\r"

// Write implements [io.Writer].
func (s *screen) Write(p []byte) (int, error) {
	if s.left.Load() {
		return len(p), nil
	}
	s.left.Store(s.leaving.Load() && string(p) == farewell)
	return s.Writer.Write(p)
}

// openConsole takes over the terminal if both ends are one; ok is false if a program reads or
// writes there. Keys are read from keys, which reads stdin. history names a file, "" is none.
func openConsole(
	stdin, keys io.Reader, stdout io.Writer, history string,
) (c *console, ok bool, err error) {
	in, isFile := stdin.(*os.File)
	if !isFile || !terminal.IsTerminal(stdin) || !terminal.IsTerminal(stdout) ||
		os.Getenv("TERM") == "dumb" {
		return nil, false, nil
	}
	c = &console{screen: &screen{Writer: stdout}}
	list := &lineHistory{}
	if history != "" {
		if c.file, err = list.load(history); err != nil {
			return nil, false, cli.Usagef("--history: %s; choose a file that can be written", err)
		}
	}
	state, err := term.MakeRaw(int(in.Fd()))
	if err != nil { // a device that is no terminal
		c.closeHistory()
		return nil, false, nil
	}
	c.restore = func() { _ = term.Restore(int(in.Fd()), state) }
	c.Terminal = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{keys, c.screen}, "> ")
	c.AutoCompleteCallback = c.keyPressed
	c.History = list
	list.file = c.file
	if width, height, err := term.GetSize(int(in.Fd())); err == nil && width > 0 {
		_ = c.SetSize(width, height)
	}
	return c, true, nil
}

// keyPressed watches for characters that will be dropped.
func (c *console) keyPressed(line string, _ int, key rune) (string, int, bool) {
	switch {
	case line == "":
		c.cut.Store(false)
	// keys without a character are no valid runes
	case key >= ' ' && utf8.RuneCountInString(line) >= maxTyped && utf8.ValidRune(key):
		if !c.cut.Swap(true) {
			_, _ = io.WriteString(c.screen, "\a")
		}
	}
	return "", 0, false
}

// close restores the terminal, without the prompt and the line in progress: to write, Terminal
// clears them, and draws them again on a screen that takes no more.
func (c *console) close() {
	c.screen.leaving.Store(true)
	_, _ = io.WriteString(c.Terminal, farewell)
	c.restore()
	c.closeHistory()
}

func (c *console) closeHistory() {
	if c.file != nil {
		_ = c.file.Close()
	}
}

// readLines hands on the lines typed until Ctrl-C or Ctrl-D at the start of a line.
func (c *console) readLines(lines chan<- []byte, done <-chan struct{}) error {
	for {
		line, err := c.ReadLine()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.Is(err, term.ErrPasteIndicator) {
			return err
		}
		if c.cut.Swap(false) {
			_, _ = fmt.Fprintf(c, "khp: not sent: a line typed here has at most %d characters; "+
				"send longer ones with --send-file FILE, or through a pipe\n", maxTyped)
			continue
		}
		select {
		case lines <- []byte(line):
		case <-done:
			return nil
		}
	}
}

// lineHistory has the lines typed before, oldest first.
type lineHistory struct {
	lines []string
	file  io.Writer
}

// load reads the file and leaves it open for further lines.
func (h *lineHistory) load(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		h.keep(strings.TrimRight(line, "\r\n"))
	}
	return f, nil
}

func (h *lineHistory) keep(line string) {
	h.lines = append(h.lines, line)
	if n := len(h.lines) - maxHistory; n > 0 {
		h.lines = h.lines[n:]
	}
}

// Add implements term.History: neither empty lines nor repetitions are kept, nor input that may
// have been cut.
func (h *lineHistory) Add(line string) {
	if strings.TrimSpace(line) == "" || utf8.RuneCountInString(line) >= maxTyped ||
		len(h.lines) > 0 && h.lines[len(h.lines)-1] == line {
		return
	}
	h.keep(line)
	if h.file != nil {
		_, _ = io.WriteString(h.file, line+"\n")
	}
}

// Len implements term.History.
func (h *lineHistory) Len() int { return len(h.lines) }

// At implements term.History; 0 is the last line.
func (h *lineHistory) At(i int) string { return h.lines[len(h.lines)-1-i] }
