package main

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/khp/fsm"
	"github.com/gobwas/ws"
)

// conn is one connection. One goroutine has the machine, another one reads frames.
type conn struct {
	machine  fsm.ServerConfig
	state    fsm.ServerState
	w        http.ResponseWriter
	opening  *http.Request
	net.Conn                             // nil before the opening 101
	request  *http.Request               // the extended one
	message  message                     // that the present event is about
	due      map[fsm.Timer]time.Time     // of the timers that run
	left     map[fsm.Timer]time.Duration // of those that stand still
	over     bool
}

// durations are those of the machine's timers: it knows no time.
var durations = map[fsm.Timer]time.Duration{
	fsm.TimerRequest: 10 * time.Second, fsm.TimerReplay: 30 * time.Second,
	fsm.TimerOverall: time.Minute, fsm.TimerClose: 5 * time.Second,
}

// serve is an http.HandlerFunc that shakes hands and echoes, to the end of the connection.
func serve(w http.ResponseWriter, r *http.Request) {
	c := &conn{machine: fsm.DefaultServerConfig(), w: w, opening: r, due: map[fsm.Timer]time.Time{},
		left: map[fsm.Timer]time.Duration{}}
	c.state = c.machine.Start()
	c.step(openingEvent(r))
	if c.Conn == nil {
		return
	}
	messages, done := make(chan message), make(chan struct{})
	defer close(done)
	go read(c.Conn, messages, done)
	for !c.over {
		c.wait(messages)
	}
}

// wait waits for a message or for the timer that runs out first, and tells the machine.
func (c *conn) wait(messages <-chan message) {
	var expired <-chan time.Time
	var first fsm.Timer
	for t, due := range c.due {
		if first == 0 || due.Before(c.due[first]) {
			first, expired = t, time.After(time.Until(due))
		}
	}
	select {
	case c.message = <-messages:
		c.step(c.event())
	case <-expired:
		delete(c.due, first)
		c.step(fsm.Event{Kind: fsm.EventTimerExpired, Timer: first})
	}
}

// step tells the machine what happened and carries out its effects. Misuse would be our mistake.
func (c *conn) step(ev fsm.Event) {
	next, effects, verdict := c.machine.Step(c.state, ev)
	if verdict == fsm.Misuse {
		panic(fmt.Sprintf("%v in phase %v", ev.Kind, c.state.Phase()))
	}
	c.state = next
	for e := range effects.All() {
		c.perform(e)
	}
	if c.state.Phase() == fsm.ServerDeciding { // EffectAskDecision was among them
		c.step(c.decide())
	}
}

// openingEvent judges the opening request. net/http has parsed it.
func openingEvent(r *http.Request) fsm.Event {
	ev := fsm.Event{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid}
	origin, _ := url.Parse(r.Header.Get("Origin"))
	switch key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-WebSocket-Key")); {
	case r.Method != http.MethodGet || err != nil || len(key) != 16 ||
		!has(r.Header["Upgrade"], "websocket") || !has(r.Header["Connection"], "upgrade"):
		return fsm.Event{Kind: ev.Kind, Status: http.StatusBadRequest}
	case r.Header.Get("Sec-WebSocket-Version") != "13":
		return fsm.Event{Kind: ev.Kind, Status: http.StatusUpgradeRequired}
	case r.Header.Get("Origin") != "" && (origin == nil || !strings.EqualFold(origin.Host, r.Host)):
		return fsm.Event{Kind: ev.Kind, Status: http.StatusForbidden}
	}
	for _, line := range r.Header["Sec-Websocket-Protocol"] {
		for p := range strings.SplitSeq(line, ",") {
			if strings.TrimSpace(p) == "x-kaazing-handshake" {
				ev.Facts |= fsm.FactKHP
			}
		}
	}
	if strings.Contains(r.URL.RawQuery, ".kl=Y") {
		ev.Facts |= fsm.FactKaazing
	}
	return ev
}

// has reports whether a list has a token, without regard to case.
func has(lines []string, token string) bool {
	for p := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		if strings.EqualFold(strings.TrimSpace(p), token) {
			return true
		}
	}
	return false
}

// event is the event of the message in the present phase.
func (c *conn) event() fsm.Event {
	m := &c.message
	switch phase := c.state.Phase(); {
	case m.failure != 0:
		return fsm.Event{Kind: fsm.EventViolation, Failure: m.failure}
	case m.lost:
		return fsm.Event{Kind: fsm.EventConnectionLost}
	case m.op == ws.OpPing:
		return fsm.Event{Kind: fsm.EventPingReceived}
	case m.op == ws.OpClose:
		return fsm.Event{Kind: fsm.EventPeerClosed}
	case phase == fsm.ServerAwaitRequest || phase == fsm.ServerAwaitReplay:
		return c.requestEvent()
	case m.op == ws.OpBinary && len(m.data) == 0:
		return fsm.Event{Kind: fsm.EventTerminatorReceived}
	}
	return fsm.Event{Kind: fsm.EventDataReceived}
}

// requestEvent parses the extended request: net/http stands for a parser of your own.
func (c *conn) requestEvent() fsm.Event {
	b := bufio.NewReader(bytes.NewReader(c.message.data))
	r, err := http.ReadRequest(b)
	switch {
	case err != nil || b.Buffered() > 0 || r.ContentLength > 0 || r.URL.Path != c.opening.URL.Path:
		return fsm.Event{Kind: fsm.EventBadRequest, Status: http.StatusBadRequest}
	case r.ProtoMajor != 1 || r.ProtoMinor < 1:
		return fsm.Event{Kind: fsm.EventBadRequest, Status: http.StatusHTTPVersionNotSupported}
	case r.Method != http.MethodGet:
		return fsm.Event{Kind: fsm.EventBadRequest, Status: http.StatusMethodNotAllowed}
	}
	c.request = r
	return fsm.Event{Kind: fsm.EventRequest}
}

// decide is the application: at /account it asks for credentials. FactSelectionValid says that no
// extension and no subprotocol is selected that was not asked for, FactChallenge that the response
// carries the fields that 401 requires.
func (c *conn) decide() fsm.Event {
	user, password, ok := c.request.BasicAuth()
	if c.opening.URL.Path == "/account" && (!ok || user != "joe" || password != "welcome") {
		return fsm.Event{Kind: fsm.EventDecided, Status: 401,
			Facts: fsm.FactSelectionValid | fsm.FactChallenge}
	}
	return fsm.Event{Kind: fsm.EventDecided, Status: 101, Facts: fsm.FactSelectionValid}
}

// perform carries out one effect. Those that only a client gets are left out.
func (c *conn) perform(e fsm.Effect) {
	switch e.Kind {
	case fsm.EffectRefuseOpening:
		http.Error(c.w, http.StatusText(int(e.Code)), int(e.Code))
	case fsm.EffectSendOpening:
		c.upgrade()
	case fsm.EffectSendProceed:
		c.write(ws.OpBinary, []byte("\xef\x83\xbfN"))
	case fsm.EffectSendResponse:
		c.write(ws.OpBinary, c.response(int(e.Code)))
	case fsm.EffectSendTerminator:
		c.write(ws.OpBinary, nil)
	case fsm.EffectSendPong:
		c.write(ws.OpPong, c.message.data)
	case fsm.EffectDeliver: // the application answers at once
		c.write(c.message.op, c.message.data)
	case fsm.EffectSendClose:
		if e.Code != 0 {
			c.write(ws.OpClose, []byte{byte(e.Code >> 8), byte(e.Code)})
		} else { // as the client closed, or as the application asked
			c.write(ws.OpClose, c.message.data[:min(2, len(c.message.data))])
		}
	case fsm.EffectArmTimer:
		c.due[e.Timer] = time.Now().Add(durations[e.Timer])
	case fsm.EffectStopTimer:
		delete(c.due, e.Timer)
	case fsm.EffectPauseTimer:
		c.left[e.Timer] = time.Until(c.due[e.Timer])
		delete(c.due, e.Timer)
	case fsm.EffectResumeTimer:
		c.due[e.Timer] = time.Now().Add(c.left[e.Timer])
	case fsm.EffectStopTimers:
		clear(c.due)
	case fsm.EffectDisconnect:
		if c.Conn != nil {
			_ = c.Conn.Close()
		}
	case fsm.EffectClosed, fsm.EffectFail:
		c.over = true
	}
}

// response writes the extended response with a status and its required fields.
func (c *conn) response(status int) []byte {
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\n", status, fsm.Status(status).Reason)
	kaazing := c.state.Profile() == fsm.ProfileKaazing
	switch status {
	case 101:
		if kaazing { // deployed clients compare the words
			head = "HTTP/1.1 101 Web Socket Protocol Handshake\r\n"
		}
		sum := sha1.Sum([]byte(c.opening.Header.Get("Sec-WebSocket-Key") +
			"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		return []byte(head + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
			base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n")
	case 401:
		if scheme := "Basic"; kaazing {
			head += "WWW-Authenticate: Application " + scheme + " realm=\"account\"\r\n"
		} else {
			head += "WWW-Authenticate: " + scheme + " realm=\"account\"\r\n"
		}
	}
	why := fsm.Status(status).Reason + "\n"
	return fmt.Appendf([]byte(head), "Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s",
		len(why), why)
}
