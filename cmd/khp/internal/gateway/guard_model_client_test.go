package gateway

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing/synctest"
	"time"

	"example.com/khp/internal/tcptest"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// guardClient is one client, with the answers that it got and those that the model expects.
type guardClient struct {
	id               int
	network, address string
	at               spelling
	s                *settings
	plain            bool
	query            *presented // the credentials in the URL of the opening request
	nc               net.Conn

	challenges       int
	busy, open, over atomic.Bool // by the model
	got, want        []string
}

// addresses are those of clients: the last two are of one network.
var addresses = [][2]string{{"192.0.2.1", "192.0.2.1"}, {"192.0.2.2", "192.0.2.2"},
	{"2001:db8::1", "2001:db8::"}, {"2001:db8::2", "2001:db8::"}}

// connect has a client come, to ask by KHP later, or plainly at once.
func (w *guardWorld) connect(s guardStep, plain *guardStep) {
	at := spelled[s.at%len(spelled)]
	if n := s.of % (len(guardedRoutes) + 5); n < len(guardedRoutes) {
		path := guardedRoutes[n].path
		at = spelling{path, path, []string{path}}
	}
	w.connectTo(at, s, plain)
}

func (w *guardWorld) connectTo(at spelling, s guardStep, plain *guardStep) {
	from := addresses[s.who%len(addresses)]
	c := &guardClient{id: len(w.clients), address: from[0], network: from[1], s: w.s,
		plain: plain != nil, at: at}
	if plain != nil && w.busy(c) {
		return
	}
	var server net.Conn
	c.nc, server = tcptest.Pair(tcptest.Options{})
	w.clients = append(w.clients, c)
	require.NoError(w, w.accept.Hand(w.Context(),
		far{server, &net.TCPAddr{IP: net.ParseIP(from[0]), Port: 1000 + c.id}}))
	go w.read(c)
	if plain != nil {
		w.ask(c, *plain)
		return
	}
	if p := w.compose(c, s).presented; p.carrier == "query" {
		c.query = &p
	}
	c.send(false, c.target(), "Upgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n")
	synctest.Wait()
}

// target is the request target of the client.
func (c *guardClient) target() string {
	if c.query == nil {
		return c.at.written
	}
	return c.at.written + "?tok=" + c.query.text
}

// send sends a request, in a message or not.
func (c *guardClient) send(message bool, target, fields string) {
	text := []byte("GET " + target + " HTTP/1.1\r\nHost: one.example\r\n" + fields + "\r\n")
	if message {
		frame := ws.MaskFrame(ws.NewBinaryFrame(text))
		text = ws.MustCompileFrame(frame)
	}
	_, _ = c.nc.Write(text)
}

// ask has a client present credentials, and the model answer.
func (w *guardWorld) ask(c *guardClient, s guardStep) {
	r := w.compose(c, s)
	fields := ""
	switch r.carrier {
	case "":
		if r.scheme != "" {
			fields = "Authorization: " + r.scheme + " " + r.text + "\r\n"
		}
	case "query":
		if c.plain {
			c.query = &r.presented
		} else {
			r.presented = presented{} // it is too late for that
		}
	case "cookie":
		fields = "Cookie: a=b; tok=" + r.text + "\r\n"
	case "field":
		fields = "X-Tok: " + r.text + "\r\n"
	}
	if c.plain {
		fields += "Upgrade: websocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
	}
	c.busy.Store(true)
	if r.scheme != "" || r.carrier != "" {
		w.said = append(w.said, r.presented)
	}
	r.path, r.target, r.query = c.at.written, c.target(), c.query
	c.send(!c.plain, c.target(), fields)
	go w.answer(c, &r)
}

// answer notes an answer that the model expects.
func (w *guardWorld) answer(c *guardClient, r *modelRequest) {
	a := w.enter(c.s, c.at.guards, r)
	w.lock.Lock()
	c.busy.Store(false)
	refused := a.status == "401" || a.status == "403"
	if a.status == "401" {
		if c.challenges++; c.plain || c.challenges > askedFor {
			a.status = "403"
		}
	}
	if a.status != "" && a.status != "401" {
		c.over.Store(true)
	}
	c.open.Store(a.status == "")
	w.lock.Unlock()
	if refused && (a.failed || !c.plain && r.scheme != "" && r.carrier == "") {
		if a.user == "" && r.scheme == "Basic" && r.carrier == "" {
			a.user = r.user
		}
		w.note(&c.want, "login failed user=%s", a.user)
	}
	switch {
	case a.status == "401":
		w.note(&c.want, "401 %s", a.asks)
	case a.status != "":
		w.note(&c.want, "%s", a.status)
	default:
		w.note(&c.want, "101")
		w.note(&c.want, "open user=%s route=%s", a.user, c.at.route)
		w.expire(c, a.until)
	}
}

// expire has the session of a client end.
func (w *guardWorld) expire(c *guardClient, until time.Time) {
	if until.IsZero() {
		return
	}
	time.Sleep(time.Until(until))
	c.open.Store(false)
	if !c.over.Swap(true) {
		w.note(&c.want, "closed 1008")
	}
}

// read notes the answers that a client gets.
func (w *guardWorld) read(c *guardClient) {
	in := bufio.NewReader(c.nc)
	head, err := http.ReadResponse(in, nil)
	if err != nil {
		return
	}
	if c.plain {
		w.note(&c.got, "%d", head.StatusCode)
	}
	for open := c.plain; ; {
		h, err := ws.ReadHeader(in)
		payload := make([]byte, h.Length)
		if err == nil {
			_, err = io.ReadFull(in, payload)
		}
		switch text := string(payload); {
		case err != nil:
			return
		case h.OpCode == ws.OpClose && open:
			code, _ := ws.ParseCloseFrameData(payload)
			w.note(&c.got, "closed %d", code)
			return
		case strings.HasPrefix(text, "HTTP/1.1 "):
			status := text[9:12]
			if open = status == "101"; status == "401" {
				status += " " + w.challenged(c, text)
			}
			w.note(&c.got, "%s", status)
		}
	}
}

// challenged keeps the nonce of a challenge, and returns the rest.
func (w *guardWorld) challenged(c *guardClient, response string) string {
	_, value, _ := strings.Cut(response, "WWW-Authenticate: ")
	value, _, _ = strings.Cut(value, "\r\n")
	if !strings.HasPrefix(value, "Digest ") {
		return strings.TrimSuffix(value, `, charset="UTF-8"`)
	}
	list, _ := wire.ParseChallenges(nil, []byte(value))
	d, _ := credentials.ParseDigestChallenge(list[0])
	w.lock.Lock()
	defer w.lock.Unlock()
	w.nonces = append(w.nonces, &modelNonce{text: d.Nonce, route: "/digest", version: c.s.version,
		at: time.Now()})
	stale := ""
	if d.Stale {
		stale = " stale"
	}
	return fmt.Sprintf("Digest realm=%q", d.Realm) + stale
}

// logged adds the lines of the log about each client.
func (w *guardWorld) logged() {
	text := w.log.String()
	fresh := text[w.judged:]
	w.judged = len(text)
	for line := range strings.Lines(fresh) {
		var l struct {
			Time                     time.Time
			Msg, Remote, User, Route string
		}
		require.NoError(w, json.Unmarshal([]byte(line), &l))
		_, port, _ := net.SplitHostPort(l.Remote)
		id := 0
		if _, err := fmt.Sscan(port, &id); err != nil || l.Msg != "open" && l.Msg != "login failed" {
			continue
		}
		text := fmt.Sprintf("%v %s user=%s", l.Time.Sub(w.begin), l.Msg, l.User)
		if l.Msg == "open" {
			text += " route=" + l.Route
		}
		c := w.clients[id-1000]
		c.got = append(c.got, text)
	}
}
