package loop

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/sock"
	"github.com/gobwas/ws"
)

// reading is a second reading of what a loop does, from the comments of its package and of
// [driver.Orders]: what it tells whom in which order, until when it waits and writes, and how it
// ends a connection. It knows frames as frames, and no buffers, flags or locks.
type reading struct {
	client    bool
	told      []string
	now       time.Time
	due       time.Time // of the driver
	phase     string    // of the side, now
	ctxOver   bool
	gaveUp    string
	hurried   bool     // the end of the context was heard of
	wakes     int      // of what runs beside, that may end a wait for nothing
	next      []string // that pend
	results   []result // of what runs beside; only the last one counts
	conn      *line    // nil is none
	frames    bool     // the WebSocket is established
	heldBack  bool     // while an opening request is decided on
	heldBytes int
	closed    bool              // the peer's Close was read
	said      bool              // our Close was sent
	broken    bool              // by the peer
	deaf      bool              // the peer did not take a write in time
	here      []frametest.Frame // of the peer, that were read with earlier ones
	corked    []frametest.Frame
	inForce   time.Time     // the deadline of writes
	sets      int           // of that deadline, beside those of writes
	extra     time.Duration // that the present call takes in addition
	words     bool          // are said by a driver that gives up
	network   string        // how the last connection was lost
	amid      string        // what the driver orders inside of a call
}

type result struct {
	name string
	at   time.Time
}

// line is a connection, and the bytes that were sent in both directions.
type line struct {
	text   string            // of the opening handshake, from the peer, that was not read
	frames []frametest.Frame // likewise
	end    string            // fin, reset: what the peer did then
	lost   bool              // that was told
	to     []frametest.Frame // the peer has to receive, in this order
	raw    string            // before them
	both   bool              // the end of its stream comes with the last bytes
	cut    bool              // a write was broken off, so that to is not exact
}

func (r *reading) tell(format string, args ...any) {
	r.told = append(r.told, fmt.Sprintf(format, args...))
}

// wait is how long the next thing is away, ok false if nothing will happen.
func (r *reading) wait() (d time.Duration, ok bool) {
	if d, ok = r.until(r.due); ok && d == 0 || r.ctxOver || r.frames && len(r.here) > 0 ||
		len(r.next) > 0 {
		return 0, true
	}
	if n := len(r.results); n > 0 {
		if at, _ := r.until(r.results[n-1].at); !ok || at < d {
			d, ok = at, true
		}
	}
	if c := r.conn; c != nil && !r.full() && (c.text != "" || len(c.frames) > 0 && !r.closed ||
		c.end != "" && !c.lost) {
		return 0, true
	}
	return d, ok
}

func (r *reading) until(t time.Time) (d time.Duration, ok bool) {
	return max(0, t.Sub(r.now)), !t.IsZero()
}

// full reports whether nothing more is read while an opening request is decided on.
func (r *reading) full() bool { return r.heldBack && r.heldBytes >= mostHeld }

// happens is the next thing that happens, when it is due.
func (r *reading) happens() {
	n := len(r.results)
	switch d, timed := r.until(r.due); {
	case r.ctxOver:
		if r.gaveUp == "" {
			r.gaveUp = r.phase
		}
		r.hurry()
		r.tell("give up 1001")
		if r.words && r.saysLast() {
			r.write(2*time.Second, false)
			r.conn.raw += "bytes"
		}
	case timed && d == 0:
		r.tell("trace: expired")
		r.tell("expire %v late", r.now.Sub(r.due))
		r.due = time.Time{}
	case r.frames && len(r.here) > 0:
		r.item()
	case len(r.next) > 0:
		r.tell("%s", r.next[0])
		r.next = r.next[1:]
	case n > 0 && !r.results[n-1].at.After(r.now):
		r.tell("%s", r.results[n-1].name)
		r.results = nil
	case r.conn == nil || r.full():
	default:
		r.read()
	}
}

// read reads all that is here.
func (r *reading) read() {
	c := r.conn
	r.inForce = r.due // as the driver says, for writes that follow as well
	switch {
	case r.heldBack && len(c.frames) > 0:
		r.here = append(r.here, c.frames...)
		for _, f := range c.frames {
			r.heldBytes += len(frametest.Encode(r.client, f))
		}
		c.frames = nil
	case !r.frames && c.text != "":
		r.tell("trace: read %s", c.text)
		r.tell("received %s", c.text)
		if c.text = ""; !r.meanwhile() && c.both && c.end == "fin" {
			r.read()
		}
	case r.frames && len(c.frames) > 0 && !r.closed:
		r.here, c.frames = append(r.here, c.frames...), nil
		r.item()
	case c.end == "fin" && !c.lost:
		r.lost("unexpected EOF", "the peer ended it in the middle of the handshake")
	case c.end == "reset" && !c.lost:
		r.lost("reset", "connection reset by peer")
	}
}

func (r *reading) lost(network, reason string) {
	r.conn.lost, r.network = true, network
	if r.frames && !r.closed && network != "reset" {
		reason = "the peer ended it without a Close frame"
	}
	r.tell("trace: lost")
	r.tell("lost: %s", reason)
}

// item tells the first frame that is here.
func (r *reading) item() {
	f := r.here[0]
	r.here = r.here[1:]
	switch f.Op {
	case ws.OpText:
		r.tell("trace: message text %s", f.P)
		if f.P == "more" {
			r.tell("trace: too early")
		}
		r.tell("message text %s", f.P)
	case ws.OpPing:
		r.tell("trace: ping")
		r.tell("ping %s", f.P)
	case ws.OpClose:
		r.tell("trace: close 1005 ")
		r.tell("peer closed 1005 ")
		r.closed, r.here, r.conn.frames = true, nil, nil // what follows is no frame any more
	case ws.OpContinuation: // of nothing
		r.broken, r.here, r.conn.frames = true, nil, nil
		r.conn.lost = true // nothing is read any more
		r.tell("trace: violation 1002")
		r.tell("violation")
		if r.amid == "disconnect" {
			r.meanwhile()
		}
	}
}

// meanwhile has the driver order something inside of a call, if it does.
func (r *reading) meanwhile() (done bool) {
	switch {
	case r.amid == "":
		return false
	case r.amid == "disconnect":
		r.extra = r.disconnect()
	default:
		r.tell("trace: upgraded %d", len(frametest.Encode(r.client, amidRest...)))
		r.frames, r.here = true, amidRest
	}
	return true
}

// write is one write of so many bytes that has limit to itself; it returns how long it takes.
func (r *reading) write(limit time.Duration, stuck bool) (takes time.Duration) {
	if d, timed := r.until(r.due); timed {
		limit = min(limit, d)
	}
	limit = max(limit, sock.GiveUpTimeout)
	if r.hurried || r.deaf {
		limit = sock.GiveUpTimeout
	}
	by, set := r.now.Add(limit), r.sets
	if !by.Equal(r.inForce) { // a deadline that is in force already need not be set
		set++
	}
	r.inForce, r.sets = by, 0
	r.tell("write within %v, %d set", limit, set)
	if stuck {
		r.deaf, r.conn.cut = true, true
		return limit
	}
	return 0
}

// flush writes the messages that wait.
func (r *reading) flush(stuck bool) (takes time.Duration) {
	if len(r.corked) > 0 {
		takes = r.write(3*time.Second, stuck)
		r.conn.to = append(r.conn.to, r.corked...)
		r.corked = nil
	}
	return takes
}

// disconnect ends the connection.
func (r *reading) disconnect() (takes time.Duration) {
	switch {
	case r.client && r.gaveUp != "": // without a word
	case r.client && !r.broken:
		r.tell("close")
	default:
		r.tell("close write")
		r.tell("close")
		if r.conn.end == "" {
			takes = sock.FailTimeout
		}
	}
	r.tell("trace: disconnected")
	r.conn, r.frames, r.heldBack, r.here, r.corked = nil, false, false, nil, nil
	return takes
}

// saysLast reports whether last words can be said on the connection, in the opening handshake.
func (r *reading) saysLast() bool {
	return r.conn != nil && !r.conn.lost && !r.frames && !r.heldBack && r.conn.end != "reset"
}

// hurry has the loop hear of the end of its context.
func (r *reading) hurry() {
	if !r.hurried && r.conn != nil {
		r.inForce = time.Time{}
		r.sets++
	}
	r.hurried = true
}

// connected takes a new connection.
func (r *reading) connected() {
	r.inForce, r.sets = time.Time{}, 0
	r.conn = &line{}
	r.frames, r.closed, r.said, r.broken, r.deaf = false, false, false, false, false
}

// plain leaves the details that the reading does not know out of lines.
func plain(lines []string) []string {
	lines = slices.Clone(lines)
	for i, l := range lines {
		for _, head := range []string{"trace: lost", "trace: violation 1002", "violation"} {
			if strings.HasPrefix(l, head) {
				lines[i] = head
			}
		}
	}
	return lines
}
