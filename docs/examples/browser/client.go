//go:build js

package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"syscall/js"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
)

// client is a connect call in a browser: the host of a driver. The browser shakes hands, reads
// frames and answers Pings.
type client struct {
	// mu allows one call of the driver at a time; the browser never calls back from inside of an
	// order.
	mu             sync.Mutex
	driver         *driver.Client
	timer          *time.Timer
	user, password string
	log            func(line string)
}

// dial begins a connect call.
func dial(url, user, password string, log func(line string)) (*client, error) {
	e, err := endpoint.NewClient(url, endpoint.ClientConfig{
		// ProfileAuto speaks with servers by the specification and with gateways.
		Machine:        fsm.ClientConfig{Profile: fsm.ProfileAuto},
		HasCredentials: user != "",
	})
	if err != nil {
		return nil, err
	}
	c := &client{timer: time.NewTimer(0), user: user, password: password, log: log}
	c.driver = driver.NewClient(e, c)
	c.call(c.driver.Connect)
	return c, nil
}

func (c *client) call(f func(now time.Time)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(time.Now())
}

// socket is one connection: a WebSocket of the browser, and the orders on it.
type socket struct {
	driver.Layer
	ws    js.Value
	funcs []js.Func
}

// Dial implements driver.ClientHost. A script cannot add fields to the opening request; those that
// the configuration has in OpeningHeader would be lost here.
func (c *client) Dial(conn *driver.Conn, u wire.URL) {
	s := &socket{}
	offer := js.Global().Get("Array").New()
	for _, p := range c.driver.Endpoint().Offer() {
		offer.Call("push", p)
	}
	c.log("dial " + u.String())
	if err := try(func() { s.ws = js.Global().Get("WebSocket").New(u.String(), offer) }); err != nil {
		conn.Failed(time.Now(), err.Error()) // within an order: it is handled after it
		return
	}
	s.ws.Set("binaryType", "arraybuffer")
	opened := false
	s.on("open", func(js.Value) {
		opened = true
		var nonce [16]byte
		_, _ = rand.Read(nonce[:]) // the browser has its own
		c.call(func(now time.Time) {
			conn.Connected(now, s, nonce)
			conn.Opened(now, s.ws.Get("protocol").String(), nil, "") // the answer's fields are hidden
		})
	})
	s.on("message", func(ev js.Value) {
		t, p := wire.Text, []byte(nil)
		if data := ev.Get("data"); data.Type() == js.TypeString {
			p = []byte(data.String())
		} else {
			array := js.Global().Get("Uint8Array").New(data)
			t, p = wire.Binary, make([]byte, array.Length())
			js.CopyBytesToGo(p, array)
		}
		c.call(func(now time.Time) { conn.Message(now, t, p) })
	})
	s.on("close", func(ev js.Value) { // 1006 says that there was no Close frame
		code, reason := uint16(ev.Get("code").Int()), ev.Get("reason").String()
		c.call(func(now time.Time) {
			switch {
			case !opened:
				conn.Failed(now, "the browser does not say why")
				return
			case code != 1006:
				conn.PeerClosed(now, code, reason)
			}
			conn.Lost(now, "the connection ended")
		})
		s.release()
	})
}

func (s *socket) on(event string, f func(ev js.Value)) {
	call := js.FuncOf(func(_ js.Value, args []js.Value) any { f(args[0]); return nil })
	s.funcs = append(s.funcs, call)
	s.ws.Set("on"+event, call)
}

func (s *socket) release() {
	for _, f := range s.funcs {
		f.Release()
	}
}

// SendMessage implements driver.Orders. The browser queues without bound; this bounds it.
func (s *socket) SendMessage(t wire.MessageType, p []byte) error {
	if s.ws.Get("bufferedAmount").Int() > 1<<20 {
		return errors.New("the server does not read")
	}
	if t == wire.Text {
		return try(func() { s.ws.Call("send", string(p)) })
	}
	array := js.Global().Get("Uint8Array").New(len(p))
	js.CopyBytesToJS(array, p)
	return try(func() { s.ws.Call("send", array) })
}

// SendClose implements driver.Orders. A script may send the codes 1000 and 3000 to 4999 only;
// others become an empty Close frame.
func (s *socket) SendClose(code uint16, reason string) error {
	if !wire.ScriptCloseCode(code) {
		return try(func() { s.ws.Call("close") })
	}
	return try(func() { s.ws.Call("close", int(code), wire.CloseReason(reason)) })
}

// Disconnect implements driver.Orders. A script cannot drop a connection: the browser does, some
// time after it has closed.
func (s *socket) Disconnect() { _ = try(func() { s.ws.Call("close") }) }

// try returns an exception of JavaScript as an error.
func try(f func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the browser refuses: %v", v)
		}
	}()
	f()
	return nil
}

// Wake implements driver.Host.
func (c *client) Wake(at time.Time) {
	if c.timer.Stop(); !at.IsZero() {
		c.timer = time.AfterFunc(time.Until(at), func() { c.call(c.driver.Expire) })
	}
}

// AskCredentials implements driver.ClientHost: it has one answer, and no other if that was refused.
func (c *client) AskCredentials(q driver.Challenge) {
	c.log("credentials are asked for")
	value, err := credentials.AppendBasic(nil, c.user, c.password)
	switch {
	case err != nil:
		q.None(time.Now(), err.Error())
	case c.driver.Endpoint().Refused() != "":
		q.None(time.Now(), "wrong password")
	default:
		q.Credentials(time.Now(), string(value))
	}
}

// Open implements driver.Host.
func (c *client) Open(r endpoint.Result) { c.log(fmt.Sprintf("open with %d", r.Status)) }

// Receive implements driver.Host.
func (c *client) Receive(_ wire.MessageType, p []byte) { c.log("received " + string(p)) }

// Dropped implements driver.Host.
func (c *client) Dropped(err error) { c.log(err.Error()) }

// Over implements driver.Host.
func (c *client) Over(err error) { c.log(fmt.Sprintf("over: %v", err)) }
