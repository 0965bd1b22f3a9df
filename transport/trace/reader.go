package trace

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
)

// MaxLine is the longest line that is read, in bytes: the largest unit of a handshake fits in
// base64.
const MaxLine = 4 << 20

// Reader reads a file.
type Reader struct {
	Header Header

	in   *bufio.Reader
	buf  []byte
	line int
	cut  bool
}

// Error says what is wrong with a file, and in which line, from 1; 0 is the whole file.
type Error struct {
	Line int
	Text string
}

// Error returns the place and the mistake, in one line.
func (e *Error) Error() string {
	if e.Line == 0 {
		return "trace: " + e.Text
	}
	return "trace: line " + strconv.Itoa(e.Line) + ": " + e.Text
}

// NewReader reads the header. An *[Error] tells what is wrong with it: no trace at all, or one of
// another version.
func NewReader(r io.Reader) (*Reader, error) {
	t := &Reader{in: bufio.NewReaderSize(r, 64<<10)}
	line, err := t.next()
	if err == io.EOF {
		return nil, t.fail("the file is empty; its first line must be " + want)
	}
	if err != nil {
		return nil, err
	}
	if json.Unmarshal(line, &t.Header) != nil || t.Header.Format != format {
		return nil, t.fail("this is not a trace of khp; the first line must be " + want)
	}
	if t.Header.Version != Version {
		return nil, t.fail("the trace has version " + strconv.Itoa(t.Header.Version) +
			", this program reads version " + strconv.Itoa(Version) + "; use the khp that wrote it")
	}
	return t, nil
}

const want = `{"khp":"trace","version":1,...}`

// Next returns the next record. The error is io.EOF at the end, and an *[Error] for a line that is
// no record. A last line without line end that is no record is no error, but an end that
// [Reader.Truncated] tells of: its writer was interrupted.
func (t *Reader) Next() (Record, error) {
	for {
		line, err := t.next()
		if err != nil {
			return Record{}, err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var r Record
		if err := json.Unmarshal(line, &r); err != nil {
			if line[len(line)-1] != '\n' {
				t.cut = true
				return Record{}, io.EOF
			}
			return Record{}, t.fail("no record: " + err.Error())
		}
		var another Header
		switch {
		case r.Kind != "":
			return r, nil
		case json.Unmarshal(line, &another) == nil && another.Format == format:
			return Record{}, t.fail("another trace begins here; put it into a file of its own")
		}
		return Record{}, t.fail(`the record has no "kind"`)
	}
}

// Line returns the number of the line that was read last, from 1.
func (t *Reader) Line() int { return t.line }

// Truncated reports whether the file ended in the middle of a line.
func (t *Reader) Truncated() bool { return t.cut }

// next reads one line with its line end, valid until the next call.
func (t *Reader) next() ([]byte, error) {
	if t.in == nil {
		return nil, t.fail("this Reader was not made by NewReader and has no file")
	}
	t.buf = t.buf[:0]
	for {
		part, err := t.in.ReadSlice('\n')
		t.buf = append(t.buf, part...)
		switch {
		case len(t.buf) > MaxLine:
			t.line++
			return nil, t.fail("longer than " + strconv.Itoa(MaxLine) + " bytes")
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == io.EOF && len(t.buf) > 0, err == nil:
			t.line++
			return t.buf, nil
		}
		return nil, err
	}
}

func (t *Reader) fail(text string) error { return &Error{Line: t.line, Text: text} }
