package wire

// Limits bounds the input that a peer can make us read. Sizes are bytes. A zero or
// negative field stands for its default, so the zero value is the default.
type Limits struct {
	Head int // start line, fields and the empty line, line ends included (16 KiB)
	// One start line or field line, without its line end (8 KiB); the name of a field may have 256
	// of them.
	Line   int
	Fields int // field lines in one head (100)
	// Elements in all lists of subprotocols of one head, and in those of extensions (100); package
	// endpoint keeps to it.
	Elements int
	Target   int // request target (8 KiB)
	Body     int // body of one message (64 KiB)
	Messages int // WebSocket messages of one unit, but for its terminator (1024)
	Unit     int // all bytes of one unit (256 KiB)
}

// The defaults. Append functions write within them.
const (
	defaultHead     = 16 << 10
	defaultLine     = 8 << 10
	defaultFields   = 100
	defaultElements = 100
	defaultTarget   = 8 << 10
	defaultBody     = 64 << 10
	defaultMessages = 1024
	defaultUnit     = 256 << 10
)

// maxName bounds a field name. Real ones have at most a few dozen bytes.
const maxName = 256

// No limit may be larger, so that sums of offsets and limits cannot overflow.
const maxLimit = 1 << 29

// DefaultLimits returns the limits that zero fields stand for.
func DefaultLimits() Limits { return Limits{}.OrDefault() }

// OrDefault returns l with every zero or negative field replaced by its
// default, and fields above 512 MiB lowered to that.
func (l Limits) OrDefault() Limits {
	l.fill()
	return l
}

// fill does it in place: a copy of the struct for each message would be a tenth
// of the time a small one takes.
func (l *Limits) fill() {
	bound(&l.Head, defaultHead)
	bound(&l.Line, defaultLine)
	bound(&l.Fields, defaultFields)
	bound(&l.Elements, defaultElements)
	bound(&l.Target, defaultTarget)
	bound(&l.Body, defaultBody)
	bound(&l.Messages, defaultMessages)
	bound(&l.Unit, defaultUnit)
}

func bound(n *int, def int) {
	if *n <= 0 {
		*n = def
	}
	*n = min(*n, maxLimit)
}
