package capture

import (
	"bytes"
	"time"

	"example.com/khp/sim/replay"
	"example.com/khp/wire"
	"github.com/gopacket/gopacket"
)

// role is what one side of a connection turns out to be by its first bytes.
type role uint8

const (
	_           role = iota
	roleClient       // it begins with a request
	roleServer       // with a response
	roleTLS          // with a TLS record
	roleForeign      // with something else
)

// half is what one side of a connection sends.
type half struct {
	stream  *stream
	role    role
	at      int       // packet that is being read
	time    time.Time // of it
	buf     []byte    // bytes that are not read yet
	frames  frames
	open    bool // the opening handshake is through: frames follow
	other   bool // its last message was HTTP, but no WebSocket
	pages   int  // how many of those there were
	page    int  // bytes of the one that is being read
	refused bool // the opening request was answered with something else than 101
	deaf    bool // nothing more is looked at
	lost    bool // bytes are missing
	spoke   bool // there were bytes
	fin     bool
	reset   bool
	ended   bool
}

// here notes where reading has come to. Steps of one side keep their order, whatever the order of packets.
func (h *half) here(last, current gopacket.CaptureInfo) {
	for _, ci := range []gopacket.CaptureInfo{last, current} {
		if len(ci.AncillaryData) == 0 {
			continue
		}
		if n, ok := ci.AncillaryData[0].(int); ok && n > h.at {
			h.at, h.time = n, ci.Timestamp
			return
		}
	}
}

// feed reads on.
func (h *half) feed(p []byte) {
	if h.deaf {
		return
	}
	h.buf = append(h.buf, p...)
	if h.role == 0 && !h.known() {
		return
	}
	if !h.open {
		h.opening()
	}
	h.deaf = h.deaf || h.refused && h.open
	if h.open && !h.deaf {
		h.readFrames()
	}
	if h.deaf {
		h.buf = nil
	}
}

// requests are how an HTTP request begins.
var requests = [][]byte{[]byte("GET "), []byte("POST "), []byte("PUT "), []byte("HEAD "), []byte("OPTIONS "), []byte("DELETE "), []byte("CONNECT "), []byte("PATCH "), []byte("TRACE ")}

// known finds out what this side is. It returns false as long as there are too few bytes to tell.
func (h *half) known() bool {
	begins := func(with []byte) (yes, maybe bool) {
		return bytes.HasPrefix(h.buf, with), bytes.HasPrefix(with, h.buf)
	}
	if h.buf[0] == 0x16 && (len(h.buf) < 2 || h.buf[1] == 3) {
		if len(h.buf) < 2 {
			return false
		}
		h.role, h.deaf = roleTLS, true
		return true
	}
	for _, r := range requests {
		if yes, maybe := begins(r); yes {
			h.role = roleClient
			return true
		} else if maybe {
			return false
		}
	}
	yes, maybe := begins([]byte("HTTP/"))
	switch {
	case yes:
		h.role = roleServer
	case maybe:
		return false
	default:
		h.role, h.deaf = roleForeign, true
	}
	return true
}

// opening reads this side's part of the opening handshake, behind what was said of other pages on the same connection.
func (h *half) opening() {
	for len(h.buf) > 0 && !h.open && !h.deaf {
		n, err := h.head()
		switch {
		case wire.KindOf(err) == wire.KindIncomplete:
			return
		case err != nil:
			h.other = !bytes.Contains(h.buf, []byte("x-kaazing-handshake"))
			h.stream.add(h, replay.Step{Kind: replay.Opening, Data: bytes.Clone(h.buf)})
			h.deaf = true
		case h.page > len(h.buf):
			return // the body of a page is to come
		case h.page > 0:
			h.pages++
			h.buf = h.buf[h.page:]
		default:
			h.stream.add(h, replay.Step{Kind: replay.Opening, Data: bytes.Clone(h.buf[:n])})
			h.buf, h.open = h.buf[n:], true
		}
	}
}

// head reads a head. page is how long the message is if it is none of a WebSocket.
func (h *half) head() (n int, err error) {
	h.page = 0
	if h.role == roleClient {
		var r wire.Request
		n, err = r.ParseHead(h.buf, wire.Limits{})
		v, _ := r.Fields.Get("Upgrade")
		if h.other = err == nil && !wire.HasToken(v, "websocket"); h.other {
			h.page = n + int(max(r.ContentLength, 0))
		}
		return n, err
	}
	var r wire.Response
	n, err = r.ParseHead(h.buf, wire.Limits{})
	switch {
	case err != nil || r.Status == 101:
	case h.pages < h.stream.peer(h).pages:
		h.page = n + int(max(r.ContentLength, 0))
	default:
		h.refused = true // what follows is its body
	}
	return n, err
}
