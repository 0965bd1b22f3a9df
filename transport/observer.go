package transport

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"

	format "example.com/khp/transport/trace"
)

// Observer receives the events of a connection until its handshake is over. It is called from the
// goroutine that shakes hands, and from several for several connections, so it must be fast and
// safe for concurrent use. Each handshake that it observes ends with one [EventOpen], [EventFail]
// or [EventClosed].
//
// The values of credential and cookie fields and of those listed in [DialOptions].Sensitive are
// replaced before it sees them. URLs and bodies are shown as they are.
type Observer interface{ Observe(Event) }

// EndObserver is an Observer that also receives the end of each open connection, with an
// [EventEnd]. It costs each message a few additions. ObserveEnd is called once, from the goroutine
// that ends the connection.
type EndObserver interface {
	Observer
	ObserveEnd(Event)
}

// Event is one step of a handshake.
type Event struct {
	Time    time.Time
	Conn    uint64 // number of the connect call or served connection in this process
	Server  bool   // which side we are
	Attempt int    // client: connection of the connect call, from 1
	Kind    EventKind
	Type    MessageType // of a message
	// Bytes sent or received, with secret field values replaced; empty for the terminator; the
	// observer may keep it.
	Data []byte
	Code uint16 // close code, or status with EventOpen
	// Text is the URL, the close reason, the name of the timer, a description of the mistake, or the
	// subprotocol with EventOpen.
	Text  string
	Phase string // the phase of the machine: before an arrival, after an action
	// EventFail and EventEnd: why; an EventEnd of our own close has an error that matches
	// net.ErrClosed.
	Err error
	// Of the connection, as the client has it; on the server's side the target of the request.
	URL     string
	Failure fsm.Failure // EventFail: 0 if the context ended first
	Status  int         // EventFail and EventOpen: of the last response, 0 if there was none

	// EventOpen, EventFail and EventClosed: of the handshake; EventEnd: how long the connection was
	// open.
	Duration       time.Duration
	Sent, Received Traffic // EventEnd: messages sent and received

	ctx context.Context
}

// Context returns the context of the Dial call, and that of the connection on the server's side.
// The context has values for the observer, such as the span of a trace, and may have ended.
func (ev Event) Context() context.Context { return cmp.Or(ev.ctx, context.Background()) }

// WithContext returns ev with another context, for tests of observers and observers around others.
func (ev Event) WithContext(ctx context.Context) Event {
	ev.ctx = ctx
	return ev
}

// Labels describe the end of a handshake or a connection with a small, fixed set of words, which
// peers cannot enlarge: for the labels of metrics.
type Labels struct {
	Side    string // client or server
	Outcome string // EventOpen, EventFail and EventClosed: open, failed or closed
	Failure string // EventFail: the name of the Failure, none without
	// EventOpen, EventFail and EventClosed: of the response that decided, where one did: its code
	// if net/http knows it, otherwise its class, such as 4xx; none where none did.
	Status string
	// EventEnd: the close code if the IANA registry has it, 3xxx or 4xxx for codes of applications,
	// otherwise other.
	Code string
}

// none stands for an absent value, since an empty label says nothing.
const none = "none"

// Labels returns the labels of an event that ends something; those of other events have only a
// Side.
func (ev Event) Labels() Labels {
	l := Labels{Side: "client"}
	if ev.Server {
		l.Side = "server"
	}
	//exhaustive:ignore
	switch ev.Kind {
	case EventOpen:
		l.Outcome, l.Failure, l.Status = "open", none, statusLabel(ev.Status)
	case EventFail:
		l.Outcome, l.Failure, l.Status = "failed", none, none
		if ev.Failure != 0 {
			l.Failure = ev.Failure.String()
		}
		if ev.Failure == fsm.FailureStatus {
			l.Status = statusLabel(ev.Status)
		}
	case EventClosed:
		l.Outcome, l.Failure, l.Status = "closed", none, none
	case EventEnd:
		l.Code = codeLabel(ev.Code)
	}
	return l
}

// statusLabel bounds a status code, which a peer may choose.
func statusLabel(code int) string {
	switch {
	case http.StatusText(code) != "":
		return strconv.Itoa(code)
	case code >= 100 && code <= 999:
		return strconv.Itoa(code/100) + "xx"
	}
	return none
}

// codeLabel bounds a close code, which a peer may choose.
func codeLabel(code uint16) string {
	switch {
	case code >= CloseNormal && code <= closeTLS:
		return strconv.Itoa(int(code))
	case code >= 3000 && code <= 4999:
		return strconv.Itoa(int(code/1000)) + "xxx"
	}
	return "other"
}

// closeTLS is the last of the registered codes.
const closeTLS = 1015

// Traffic counts messages and their payload in bytes.
type Traffic struct{ Messages, Bytes uint64 }

// EventKind is the kind of an [Event].
type EventKind string

// Kinds of events.
const (
	EventDial           EventKind = "dial"            // Text is the URL
	EventSendOpening    EventKind = "send-opening"    // HTTP bytes of the opening handshake
	EventReceiveOpening EventKind = "receive-opening" //
	EventSend           EventKind = "send"            // a message
	EventReceive        EventKind = "receive"         //
	EventSendClose      EventKind = "send-close"      // a Close frame
	EventReceiveClose   EventKind = "receive-close"   //
	EventPing           EventKind = "ping"            // a Ping was received and answered
	// The peer broke a rule of frames, or a limit of ours; Code is the close code for it.
	EventViolation   EventKind = "violation"
	EventLost        EventKind = "lost"        // the connection ended
	EventTimer       EventKind = "timer"       // a timer expired
	EventCredentials EventKind = "credentials" // the provider is asked
	EventOpen        EventKind = "open"        // the handshake completed
	EventFail        EventKind = "fail"        // it failed
	// EventClosed ends a handshake that neither opened nor failed: the context ended, or the server
	// sent its client elsewhere.
	EventClosed EventKind = "closed"
	// An open connection ended, for an EndObserver; Code is the peer's close code or the one sent
	// to it, CloseAbnormal without any.
	EventEnd EventKind = "end"
)

// TraceTo returns an observer that writes each event to w as one record, for khp replay and for
// people. Several calls and handlers may share it. Errors of writing are kept by w, and lose the
// rest of the trace but no connection.
func TraceTo(w *format.Writer) Observer { return traceWriter{w} }

type traceWriter struct{ w *format.Writer }

// Observe implements Observer.
func (t traceWriter) Observe(ev Event) { _ = t.w.Write(ev.Record()) }

// recordKinds maps the kinds of events to those of records.
var recordKinds = map[EventKind]struct {
	kind format.Kind
	dir  format.Direction
}{
	EventDial:           {kind: format.Dial},
	EventSendOpening:    {format.Opening, format.Sent},
	EventReceiveOpening: {format.Opening, format.Received},
	EventSend:           {format.Message, format.Sent},
	EventReceive:        {format.Message, format.Received},
	EventSendClose:      {format.Close, format.Sent},
	EventReceiveClose:   {format.Close, format.Received},
	EventPing:           {format.Ping, format.Received},
	EventViolation:      {kind: format.Violation},
	EventLost:           {kind: format.Lost},
	EventTimer:          {kind: format.Timer},
	EventCredentials:    {kind: format.Credentials},
	EventOpen:           {kind: format.Open},
	EventFail:           {kind: format.Fail},
	EventClosed:         {kind: format.Closed},
}

// Record returns ev as one line of a trace.
func (ev Event) Record() format.Record {
	k := recordKinds[ev.Kind]
	r := format.Record{Time: ev.Time, Conn: ev.Conn, Side: "client", Attempt: ev.Attempt, Kind: k.kind,
		Dir: k.dir, Data: ev.Data, Code: ev.Code, Text: ev.Text, Phase: ev.Phase}
	if ev.Server {
		r.Side = "server"
	}
	if ev.Type != 0 {
		r.Type = ev.Type.String()
		if r.Data == nil {
			r.Data = format.Data{}
		}
	}
	if ev.Code == CloseNoStatus { // which no frame carries
		r.Code = 0
	}
	if ev.Kind == EventOpen {
		r.Code, r.Status = 0, int(ev.Code)
	}
	if ev.Failure != 0 {
		r.Failure, r.Status = ev.Failure.String(), ev.Status
	}
	if ev.Err != nil {
		r.Error = ev.Err.Error()
	}
	return r
}

// TraceHeader returns the header of a trace of calls with these options.
func (o *DialOptions) TraceHeader() format.Header {
	m := o.config().Machine
	// Which proxy a call takes, and whether it has credentials, depends on the URL.
	m.Proxy = o.Proxy != nil
	m.NoRedirects = m.NoRedirects || o.Redirects == endpoint.RedirectNever
	return format.Header{Side: "client", Config: format.ClientConfig(m)}
}

// TraceHeader returns the header of a trace of the connections that h serves.
func (h *Handler) TraceHeader() format.Header {
	return format.Header{Side: "server", Config: format.ServerConfig(h.config().Machine)}
}
