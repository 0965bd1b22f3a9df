package gateway

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// A warning that each of many clients causes says nothing new after a few lines.
const (
	linesAtOnce  = 5                // of one warning about one route
	linesPeriod  = 10 * time.Second // in which there are no more
	mostWarnings = 1024             // that are told apart
)

// flood counts the lines of each warning. Lines that are left out are counted in the next one.
type flood struct {
	mu    sync.Mutex
	lines map[string]*lines
}

type lines struct {
	since         time.Time
	said, leftOut int
}

// say reports whether a line may be written, and how many before it were not.
func (s *flood) say(now time.Time, key string) (leftOut int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lines[key]
	switch {
	case l == nil && len(s.lines) >= mostWarnings:
		clear(s.lines)
		fallthrough
	case l == nil:
		l = &lines{since: now}
		s.lines[key] = l
	case now.Sub(l.since) >= linesPeriod:
		l.since, l.said = now, 0
	}
	if l.said >= linesAtOnce {
		l.leftOut++
		return 0, false
	}
	l.said++
	leftOut, l.leftOut = l.leftOut, 0
	return leftOut, true
}

// warnSeldom leaves out warnings that come too often; those of each route and back end by
// themselves.
type warnSeldom struct {
	slog.Handler
	flood *flood
}

// Handle implements [slog.Handler].
func (h warnSeldom) Handle(ctx context.Context, r slog.Record) error {
	if r.Level != slog.LevelWarn {
		return h.Handler.Handle(ctx, r)
	}
	key := r.Message
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "route", "backend", "server", "setting":
			key += "\n" + a.Value.String()
		}
		return true
	})
	leftOut, ok := h.flood.say(r.Time, key)
	if !ok {
		return nil
	}
	if leftOut > 0 {
		r = r.Clone()
		r.AddAttrs(slog.Int("since_last_line", leftOut))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (h warnSeldom) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnSeldom{h.Handler.WithAttrs(attrs), h.flood}
}

// WithGroup implements [slog.Handler].
func (h warnSeldom) WithGroup(name string) slog.Handler {
	return warnSeldom{h.Handler.WithGroup(name), h.flood}
}
