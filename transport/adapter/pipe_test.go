package adapter_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"

	"example.com/khp/endpoint"
	"example.com/khp/transport"
	"example.com/khp/wire"
)

// pipe is one end of a connection that carries messages without a network.
type pipe struct {
	in      chan item
	out     chan item
	end     *sync.Once
	ended   chan struct{} // both ends have the same
	reading atomic.Int32
	limit   atomic.Int64
}

type item struct {
	typ   wire.MessageType
	data  []byte
	close *transport.CloseError
}

// newPipe returns both ends. Up to 16 messages are on their way; writing waits where there are
// more.
func newPipe() (a, b *pipe) {
	one, two, end, ended := make(chan item, 16), make(chan item, 16), new(sync.Once),
		make(chan struct{})
	return &pipe{in: one, out: two, end: end, ended: ended}, &pipe{in: two, out: one,
		end: end, ended: ended}
}

func (p *pipe) ReadMessage() (wire.MessageType, []byte, error) {
	p.reading.Add(1)
	defer p.reading.Add(-1)
	var it item
	select {
	case it = <-p.in:
	default:
		select {
		case it = <-p.in:
		case <-p.ended:
			return 0, nil, io.EOF
		}
	}
	if it.close != nil {
		return 0, nil, it.close
	}
	return it.typ, it.data, nil
}

func (p *pipe) write(ctx context.Context, it item) error {
	select {
	case p.out <- it:
		return nil
	case <-p.ended:
		return net.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pipe) WriteMessage(ctx context.Context, t wire.MessageType, b []byte) error {
	return p.write(ctx, item{typ: t, data: slices.Clone(b)})
}

func (p *pipe) WriteClose(ctx context.Context, code uint16, reason string) error {
	return p.write(ctx, item{close: &transport.CloseError{Code: code, Reason: reason}})
}

func (p *pipe) SetReadLimit(n int64) { p.limit.Store(n) }

func (p *pipe) Close() error {
	p.end.Do(func() { close(p.ended) })
	return nil
}

// say sends binary messages.
func (p *pipe) say(messages ...string) {
	for _, m := range messages {
		_ = p.WriteMessage(context.Background(), wire.Binary, []byte(m))
	}
}

// hear returns the next message, "" for an empty one and for the end, "close" for a Close frame.
func (p *pipe) hear() string {
	_, b, err := p.ReadMessage()
	if _, ok := err.(*transport.CloseError); ok {
		return "close"
	}
	return string(b)
}

// selected is the answer of a library that has opened a WebSocket with KHP.
func selected() *http.Response {
	return &http.Response{StatusCode: 101,
		Header: http.Header{"Sec-Websocket-Protocol": {endpoint.Subprotocol}}}
}

// openingRequest has the arguments of a library's dial.
func openingRequest(target string) *http.Request {
	r, _ := http.NewRequest("GET", "http://one.example"+target, nil)
	r.RequestURI = target
	r.Header = http.Header{"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
		"Sec-Websocket-Protocol": {"x-kaazing-handshake, amqp"}}
	return r
}
