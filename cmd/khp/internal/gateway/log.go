package gateway

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/metrics"
	"example.com/khp/cmd/khp/internal/gateway/target"
	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/cmd/khp/internal/queue"
	"example.com/khp/fsm"
	"example.com/khp/internal/visible"
	"example.com/khp/transport"
)

// newLogger makes the log of --log, in which clients cannot write anything that does not show.
// Lines about a connection get the route and the user by their context.
func newLogger(w io.Writer, form string, level slog.Leveler) (*slog.Logger, error) {
	var handler func(w io.Writer) slog.Handler
	switch form {
	case "text":
		handler = func(w io.Writer) slog.Handler {
			return slog.NewTextHandler(visible.Writer(w), &slog.HandlerOptions{Level: level})
		}
	case "json":
		handler = func(w io.Writer) slog.Handler {
			return slog.NewJSONHandler(visible.JSONWriter(w),
				&slog.HandlerOptions{Level: level, ReplaceAttr: jsonAttr})
		}
	default:
		return nil, cli.Usagef("--log %s: expected text or json", form)
	}
	often := w
	if q, ok := w.(*queue.Queue); ok {
		often = q.Later()
	}
	return slog.New(sessionLog{warnSeldom{handler(w), &flood{lines: make(map[string]*lines)}},
		handler(often)}), nil
}

// words are written in a text log as they are typed in a setting, one,two, and as a list in JSON.
type words []string

// MarshalText implements [encoding.TextMarshaler].
func (w words) MarshalText() ([]byte, error) { return []byte(strings.Join(w, ",")), nil }

// MarshalJSON implements [json.Marshaler].
func (w words) MarshalJSON() ([]byte, error) { return json.Marshal([]string(w)) }

// jsonAttr writes times with their unit, as the text does: 1.5s, 114µs.
func jsonAttr(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}

// logRoom is how many bytes of the log are kept for a reader that is slow.
const logRoom = 1 << 20

// newLogQueue makes the queue of the log. Lines that were dropped are reported in the log, as soon
// as lines are taken again.
func newLogQueue(w io.Writer, room int, form string, m *metrics.Metrics) *queue.Queue {
	return queue.New(w, room, queue.Hooks{
		Lost: func() { m.LineDropped("log") }, CaughtUp: func(lines int) {
			// This logger writes past the queue, whose turn it is.
			if log, err := newLogger(w, form, slog.LevelInfo); err == nil {
				log.Warn("lines are missing here: the log was not read fast enough", "lines", lines)
			}
		}})
}

// levelOf is the level of -v.
func levelOf(verbose bool) slog.Level {
	if verbose {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// sessionLog adds to a line the facts about its connection.
type sessionLog struct {
	slog.Handler
	often slog.Handler // for lines that every connection has, which no client waits for
}

// Handle implements [slog.Handler].
func (h sessionLog) Handle(ctx context.Context, r slog.Record) error {
	r = r.Clone()
	target.Annotate(ctx, &r)
	if r.Message == "open" || r.Message == "closed" {
		return h.often.Handle(ctx, r)
	}
	hint := ""
	r.Attrs(func(a slog.Attr) bool {
		switch {
		case a.Key == "origin": // it was refused
			hint = "--allow-origin lets pages of other origins in"
		case a.Key == "reason" && a.Value.String() == fsm.FailureNotSelected.Error():
			hint = "--plain serves clients that speak no KHP"
		}
		return hint == ""
	})
	if hint != "" {
		r.AddAttrs(slog.String("hint", hint))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (h sessionLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return sessionLog{h.Handler.WithAttrs(attrs), h.often.WithAttrs(attrs)}
}

// WithGroup implements [slog.Handler].
func (h sessionLog) WithGroup(name string) slog.Handler {
	return sessionLog{h.Handler.WithGroup(name), h.often.WithGroup(name)}
}

// logObserver writes every step of a handshake to the log. Queries are left out: clients that
// cannot set fields put their secrets there.
type logObserver struct{ log *slog.Logger }

// Observe implements transport.Observer.
func (l logObserver) Observe(ev transport.Event) {
	if !l.log.Enabled(context.Background(), slog.LevelDebug) {
		return
	}
	attrs := []any{"conn", ev.Conn, "what", cli.OneLine(observe.WithoutQueries(observe.Headline(ev)))}
	if ev.Phase != "" {
		attrs = append(attrs, "phase", ev.Phase)
	}
	l.log.Debug(string(ev.Kind), attrs...)
}
