package capture

import (
	"bytes"
	"strconv"

	"example.com/khp/internal/scan"
	"example.com/khp/sim/replay"
	"example.com/khp/wire"
)

// phase says which bytes come next on a connection.
type phase uint8

const (
	phaseStart   phase = iota // no bytes yet
	phaseRequest              // the head of a request, then its body
	phaseAnswer               // the head of the response
	phaseBody                 // its body
	phaseFrames               // the opening handshake is through
	phaseOver                 // nothing more is looked at
)

// exchange is the request that is being answered.
type exchange struct {
	head      bool // HEAD
	connect   bool
	websocket bool
	target    string
}

// heads are limits for HTTP that is no part of KHP: pages have large heads. The opening handshake
// itself is judged by package replay.
var heads = wire.Limits{Head: 256 << 10, Line: 128 << 10, Fields: 2000, Target: 64 << 10}

// requests are how an HTTP request begins.
var requests = [][]byte{[]byte("GET "), []byte("POST "), []byte("PUT "), []byte("HEAD "),
	[]byte("OPTIONS "), []byte("DELETE "), []byte("CONNECT "), []byte("PATCH "), []byte("TRACE ")}

// begins reports whether b begins with one of them, or may once more of it is there.
func begins(b []byte, with ...[]byte) (yes, maybe bool) {
	for _, w := range with {
		yes = yes || bytes.HasPrefix(b, w)
		maybe = maybe || bytes.HasPrefix(w, b)
	}
	return yes, maybe && !yes
}

// read reads on as far as the bytes of both sides go.
func (x *stream) read() {
	for more := true; more; {
		switch x.phase {
		case phaseStart:
			more = x.readStart()
		case phaseRequest:
			more = x.readRequest()
		case phaseAnswer:
			more = x.readAnswer()
		case phaseBody:
			more = x.readBody()
		case phaseFrames:
			x.halves[0].readFrames()
			x.halves[1].readFrames()
			return
		case phaseOver:
			return
		}
	}
}

// readStart finds out which protocol is spoken, and which side is the client.
func (x *stream) readStart() (more bool) {
	for side := range x.halves {
		h := &x.halves[side]
		if len(h.buf) == 0 || x.client >= 0 && x.client != side {
			continue
		}
		switch yes, maybe := begins(bytes.TrimLeft(h.buf, "\r\n"), requests...); {
		case yes:
			x.client, x.phase = side, phaseRequest
			return true
		case maybe:
			return false
		}
		if h.buf[0] == 0x16 && (len(h.buf) < 2 || h.buf[1] == 3) {
			if len(h.buf) < 2 {
				return false
			}
			x.tls = true
			x.stop()
			return false
		}
		if yes, maybe := begins(h.buf, []byte("HTTP/")); (yes || maybe) && x.client < 0 {
			continue // the other is the client
		}
		if h.synced || x.tunnels != "" {
			x.foreign = true
		} else if x.client < 0 {
			continue // it may be the other
		}
		x.stop()
		return false
	}
	return false
}

// readRequest reads the request of a page or of an opening handshake.
func (x *stream) readRequest() (more bool) {
	h := &x.halves[x.client]
	if !h.skipBody() {
		return false
	}
	for len(h.buf) > 0 && (h.buf[0] == '\r' || h.buf[0] == '\n') {
		h.read(1)
	}
	if len(h.buf) == 0 {
		return false
	}
	var r wire.Request
	n, err := r.ParseHead(h.buf, heads)
	if wire.KindOf(err) != wire.KindIncomplete && err != nil {
		if page, m := pageRequest(h.buf); m > 0 {
			r, n, err = page, m, nil
		}
	}
	switch {
	case wire.KindOf(err) == wire.KindIncomplete:
		return false
	case err != nil &&
		bytes.Contains(bytes.ToLower(h.buf[:min(len(h.buf), 64<<10)]), []byte("x-kaazing-handshake")):
		x.drop()
		h.add(replay.Step{Kind: replay.Opening, Data: bytes.Clone(h.buf)},
			h.here(h.pos+uint32(len(h.buf))))
		x.stop()
		return false
	case err != nil:
		x.foreign = len(x.held) == 0
		x.stop()
		return false
	}
	x.drop()
	upgrade, _ := r.Fields.Get("Upgrade")
	x.asked = exchange{head: string(r.Method) == "HEAD", connect: string(r.Method) == "CONNECT",
		websocket: scan.HasToken(upgrade, "websocket"), target: string(r.Target)}
	if x.asked.websocket {
		data := bytes.Clone(h.buf[:n])
		x.held = append(x.held, numbered{replay.Step{Kind: replay.Opening, Data: data}, h,
			h.here(h.pos + uint32(n))})
		x.charge(len(data) + stepBytes)
	}
	if x.before == 0 && x.tunnels == "" {
		x.answers = h.here(h.pos + 1)
		if x.startServer(); x.phase == phaseOver {
			return false
		}
	}
	h.chunks, h.skip = chunks{}, max(r.ContentLength, 0)
	if te, ok := r.Fields.Get("Transfer-Encoding"); ok && scan.HasToken(te, "chunked") {
		h.chunks.on = true
	}
	h.read(n)
	x.phase = phaseAnswer
	return true
}

// startServer leaves out the bytes that the server sent before the first request, if the beginning
// of the connection was not seen: they answer an earlier request.
func (x *stream) startServer() {
	h, c := &x.halves[1-x.client], &x.halves[x.client]
	if h.synced || c.liar || !x.answers.acked || !h.started {
		return
	}
	if n := int(int32(x.answers.ack - h.base)); n >= 0 {
		h.stale = n
		return
	}
	x.miss(strconv.Itoa(int(h.base-x.answers.ack)) +
		" bytes of the server are missing behind packet " + strconv.Itoa(x.answers.at))
	h.lost, h.next, x.until = true, x.answers.ack, min(x.until, x.answers.at)
	x.stop()
}

// drop forgets the exchange before, if it was one.
func (x *stream) drop() {
	for _, s := range x.held {
		x.charge(-len(s.Data) - stepBytes)
	}
	if x.phase == phaseRequest && x.asked != (exchange{}) && !x.asked.connect {
		x.before++
	}
	x.held = nil
}

// readAnswer reads the head of a response. Responses with 1xx before the final one are read over;
// 101 is final.
func (x *stream) readAnswer() (more bool) {
	h := &x.halves[1-x.client]
	stale := min(h.stale, len(h.buf))
	h.read(stale)
	if h.stale -= stale; len(h.buf) == 0 {
		return false
	}
	r, n, chunked, err := x.parseAnswer(h.buf)
	switch {
	case wire.KindOf(err) == wire.KindIncomplete:
		return false
	case err != nil && x.asked.websocket:
		x.opened(h, len(h.buf))
		x.stop()
		return false
	case err != nil:
		x.miss("the answer to a request before the handshake cannot be read: " + err.Error())
		x.stop()
		return false
	case r.Status == 101 && x.asked.websocket:
		x.opened(h, n)
		h.read(n)
		x.phase = phaseFrames
		return true
	case r.Status == 101:
		x.foreign = true
		x.stop()
		return false
	case r.Status < 200:
		h.read(n)
		return true
	case x.asked.connect && r.Status < 300:
		h.read(n)
		x.tunnels, x.phase = x.asked.target, phaseStart
		return true
	case x.asked.websocket:
		data := bytes.Clone(h.buf[:n])
		x.held = append(x.held, numbered{replay.Step{Kind: replay.Opening, Data: data}, h,
			h.here(h.pos + uint32(n))})
		x.charge(len(data) + stepBytes)
	}
	h.chunks, h.skip = chunks{}, r.ContentLength
	switch {
	case x.asked.head, r.Status == 204, r.Status == 304:
		h.skip = 0
	case chunked:
		h.chunks.on, h.skip = true, 0
	}
	h.read(n)
	x.phase = phaseBody
	return true
}

// parseAnswer parses the head of a response: one of an opening handshake, or of a page.
func (x *stream) parseAnswer(b []byte) (r wire.Response, n int, chunked bool, err error) {
	n, chunked, err = r.ParseOpening(b, heads)
	if wire.KindOf(err) != wire.KindIncomplete && err != nil {
		if page, m := pageResponse(b, x.asked.head); m > 0 {
			te, _ := page.Fields.Get("Transfer-Encoding")
			return page, m, scan.HasToken(te, "chunked"), nil
		}
	}
	return r, n, chunked, err
}

// opened adds both parts of an opening handshake, the answer being the next n bytes.
func (x *stream) opened(h *half, n int) {
	x.release()
	h.add(replay.Step{Kind: replay.Opening, Data: bytes.Clone(h.buf[:n])}, h.here(h.pos+uint32(n)))
}

// release adds the exchange that is held: it turned out to be the opening handshake.
func (x *stream) release() {
	for _, s := range x.held {
		x.charge(-len(s.Data) - stepBytes)
		s.half.add(s.Step, s.mark)
	}
	x.held = nil
}

// readBody reads over the body of a response.
func (x *stream) readBody() (more bool) {
	h := &x.halves[1-x.client]
	if h.skip < 0 { // the end of the stream ends it
		h.read(len(h.buf))
		return false
	}
	if !h.skipBody() {
		return false
	}
	x.phase = phaseRequest
	return true
}

// skipBody reads over a body. It returns false if there is more of it to come.
func (h *half) skipBody() bool {
	for {
		n := min(int64(len(h.buf)), h.skip)
		h.read(int(n))
		if h.skip -= n; h.skip > 0 {
			return false
		}
		if !h.chunks.on {
			return true
		}
		i := bytes.IndexByte(h.buf, '\n')
		switch {
		case i < 0 && len(h.buf) < 8<<10:
			return false
		case i < 0 || !h.chunks.line(bytes.TrimRight(h.buf[:i], "\r"), &h.skip):
			h.stream.miss("a page in chunks before the handshake cannot be read")
			h.stream.stop()
			return false
		}
		h.read(i + 1)
	}
}

// chunks is a body in chunks.
type chunks struct {
	on   bool
	tail bool // the trailer follows
}

// line reads the line before a chunk, which then has to be skipped with its line end, or one of the
// trailer.
func (c *chunks) line(b []byte, skip *int64) bool {
	if c.tail {
		c.on, c.tail = len(b) > 0, len(b) > 0
		return true
	}
	size, _, _ := bytes.Cut(b, []byte(";"))
	n, err := strconv.ParseInt(string(bytes.TrimSpace(size)), 16, 62)
	if err != nil || n < 0 {
		return false
	}
	if c.tail = n == 0; n > 0 {
		*skip = n + 2
	}
	return true
}

// finishReading reads the bytes that are left at the end, as far as possible.
func (x *stream) finishReading() {
	switch x.phase {
	case phaseAnswer, phaseBody, phaseRequest:
		if len(x.held) > 0 {
			x.release()
		} else if x.phase != phaseRequest || x.before > 0 || x.asked != (exchange{}) {
			x.foreign = x.foreign || x.missing == "" // pages and no handshake
		}
	case phaseStart:
		if x.client >= 0 && x.halves[x.client].synced && len(x.halves[x.client].buf) == 0 &&
			len(x.halves[1-x.client].buf) > 0 && x.tunnels == "" {
			x.foreign = !x.halves[x.client].talked
		}
	case phaseFrames, phaseOver:
	}
	for i := range x.halves {
		h := &x.halves[i]
		if h.ended {
			h.add(replay.Step{Kind: replay.Ended, Reset: h.reset}, h.behind(h.fall))
		}
		if n := int32(h.top - h.next); h.started && !h.lost && n > 0 && !h.ended {
			h.gap(int(n))
		} else if !h.started && h.talked {
			h.gap(int(int32(h.top - h.syn)))
		}
	}
}
