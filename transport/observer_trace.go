package transport

import (
	"errors"

	"example.com/khp/endpoint"
	format "example.com/khp/transport/trace"
)

// TraceTo returns an observer that writes each event to w as one record, for khp replay and for people. Several calls and handlers may share it. Errors of
// writing are kept by w, and lose the rest of the trace but no connection.
func TraceTo(w *format.Writer) Observer { return traceWriter{w} }

type traceWriter struct{ w *format.Writer }

// Observe implements Observer.
func (t traceWriter) Observe(ev Event) { _ = t.w.Write(ev.Record()) }

// recordKinds says what a kind of event is in a trace.
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
	r := format.Record{Time: ev.Time, Conn: ev.Conn, Side: "client", Attempt: ev.Attempt, Kind: k.kind, Dir: k.dir, Data: ev.Data, Code: ev.Code, Text: ev.Text, Phase: ev.Phase}
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
	var failed *endpoint.HandshakeError
	if errors.As(ev.Err, &failed) {
		r.Failure, r.Status = failed.Failure.String(), failed.Status
	}
	if ev.Err != nil {
		r.Error = ev.Err.Error()
	}
	return r
}

// TraceHeader returns the header of a trace of calls with these options.
func (o *DialOptions) TraceHeader() format.Header {
	return format.Header{Side: "client", Config: format.ClientConfig(o.config().Machine)}
}

// TraceHeader returns the header of a trace of the connections that h serves.
func (h *Handler) TraceHeader() format.Header {
	return format.Header{Side: "server", Config: format.ServerConfig(h.config().Machine)}
}
