package wire

// Limits bounds what a peer can make us read. Sizes are bytes. A zero or
// negative field stands for its default, so the zero value is the default.
type Limits struct {
	Head     int // start line, fields and the empty line, line ends included (16 KiB)
	Line     int // one start line or field line, without its line end (8 KiB); the name of a field may have 256 of them
	Fields   int // field lines in one head (100)
	Target   int // request target (8 KiB)
	Body     int // body of one message (64 KiB)
	Messages int // WebSocket messages with content in one unit (1024)
	Unit     int // all bytes of one unit (256 KiB)
}

// maxName bounds a field name. Real ones have at most a few dozen bytes.
const maxName = 256

// No limit may be larger, so that sums of offsets and limits cannot overflow.
const maxLimit = 1 << 29

// DefaultLimits returns the limits that zero fields stand for.
func DefaultLimits() Limits {
	return Limits{
		Head:     16 << 10,
		Line:     8 << 10,
		Fields:   100,
		Target:   8 << 10,
		Body:     64 << 10,
		Messages: 1024,
		Unit:     256 << 10,
	}
}

// OrDefault returns l with every zero or negative field replaced by its
// default, and fields above 512 MiB lowered to that.
func (l Limits) OrDefault() Limits {
	d := DefaultLimits()
	return Limits{
		Head:     pick(l.Head, d.Head),
		Line:     pick(l.Line, d.Line),
		Fields:   pick(l.Fields, d.Fields),
		Target:   pick(l.Target, d.Target),
		Body:     pick(l.Body, d.Body),
		Messages: pick(l.Messages, d.Messages),
		Unit:     pick(l.Unit, d.Unit),
	}
}

func pick(n, def int) int {
	if n <= 0 {
		return def
	}
	return min(n, maxLimit)
}
