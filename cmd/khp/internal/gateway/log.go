package gateway

import (
	"context"
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
	switch form {
	case "text":
		o := &slog.HandlerOptions{Level: level, ReplaceAttr: textAttr}
		return slog.New(sessionLog{warnSeldom{slog.NewTextHandler(visible.Writer(w), o), &flood{lines: make(map[string]*lines)}}}), nil
	case "json":
		o := &slog.HandlerOptions{Level: level, ReplaceAttr: jsonAttr}
		return slog.New(sessionLog{warnSeldom{slog.NewJSONHandler(visible.JSONWriter(w), o), &flood{lines: make(map[string]*lines)}}}), nil
	}
	return nil, cli.Usagef("--log %s: expected text or json", form)
}

// textAttr writes lists as what may be typed: one, two.
func textAttr(_ []string, a slog.Attr) slog.Attr {
	if list, ok := a.Value.Any().([]string); ok {
		a.Value = slog.StringValue(strings.Join(list, ","))
	}
	return a
}

// jsonAttr writes times with their unit, as the text does: 1.5s, 114µs.
func jsonAttr(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}

// logRoom is how many bytes of the log are kept for a reader that is slow.
const logRoom = 1 << 20

// newLogQueue is what the log is written to. What is missing from it is said in it, as soon as
// lines are taken again.
func newLogQueue(w io.Writer, room int, form string, m *metrics.Metrics) *queue.Queue {
	return queue.New(w, room, queue.Hooks{Lost: func() { m.LineDropped("log") }, CaughtUp: func(lines int) {
		if log, err := newLogger(w, form, slog.LevelInfo); err == nil { // behind the queue: it is its turn
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

// sessionLog adds to a line what is known of the connection that it is about.
type sessionLog struct{ slog.Handler }

// Handle implements [slog.Handler].
func (h sessionLog) Handle(ctx context.Context, r slog.Record) error {
	r = r.Clone()
	r.AddAttrs(target.Attrs(ctx)...)
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
	return sessionLog{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements [slog.Handler].
func (h sessionLog) WithGroup(name string) slog.Handler {
	return sessionLog{h.Handler.WithGroup(name)}
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
