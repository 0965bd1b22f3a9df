package transport

import (
	"errors"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"

	"example.com/khp/transport/internal/accept"
	"example.com/khp/transport/internal/opening"
	"example.com/khp/transport/internal/sock"
)

const (
	reserve     = 64              // connections beyond the bound that are being read, answered or refused
	maxWait     = time.Minute     // how long a client waits for a place at most
	comeAgain   = 5 * time.Second // when one that was refused may come again
	allInUse    = "all connections are in use"
	turnedAway  = "turned away: " + allInUse
	mostWaiting = 512 // bytes that a client may say while it waits, which it should not
)

// Load tells how busy a [Server] is.
type Load struct {
	InUse   int    // WebSocket connections, their handshakes included
	Waiting int    // clients that wait for one of them to end; see MaxWaiting
	Refused uint64 // clients that were answered with 503 so far because of MaxConnections
	Full    bool   // the next client will have to wait, or will be refused
}

// Load returns how busy the server is.
func (s *Server) Load() Load {
	taken, waiting, refused := s.places.Count()
	return Load{InUse: taken, Waiting: waiting, Refused: refused, Full: s.MaxConnections > 0 && taken >= s.MaxConnections}
}

// mostSockets bounds the connections of whatever kind; 0 is no bound.
func (s *Server) mostSockets() int {
	if s.MaxConnections <= 0 {
		return 0
	}
	return s.MaxConnections + s.MaxWaiting + reserve
}

// place takes a place for a connection whose opening request was read, or waits for one. false is
// the end of the connection.
func (c *served) place(o *opening.Request) bool {
	s := c.server
	if c.placed = s.places.Take(s.MaxConnections); c.placed {
		return true
	}
	if turn, ok := s.places.Queue(s.MaxWaiting); ok {
		var gone bool
		if c.placed, gone = c.wait(o, turn); c.placed || gone {
			return c.placed
		}
	}
	if c.ctx.Err() != nil {
		accept.Answer(c.nc, "503 Service Unavailable", shuttingDown+"\n")
		return false
	}
	s.full(c.nc.RemoteAddr().String())
	accept.Answer(c.nc, "503 Service Unavailable", allInUse+"\n", "Retry-After: "+seconds(comeAgain))
	return false
}

// wait waits for a place until it is the client's turn, the client goes away, the server is shut
// down, or it has taken too long.
func (c *served) wait(o *opening.Request, turn chan struct{}) (got, gone bool) {
	limit := time.NewTimer(maxWait)
	defer limit.Stop()
	_ = c.nc.SetReadDeadline(time.Time{})
	var early [mostWaiting]byte // what the client says although it should wait: it belongs to the WebSocket
	var n int
	read := make(chan error, 1)
	go func() {
		var err error
		n, err = c.nc.Read(early[:])
		read <- err
	}()
	heard := read // nil once something was: then it is not noticed any more whether the client goes
	for waiting := true; waiting; {
		select {
		case <-turn:
			got, waiting = true, false
		case err := <-heard:
			read <- err
			heard, gone = nil, err != nil
			waiting = !gone
		case <-limit.C:
			waiting = false
		case <-c.ctx.Done():
			waiting = false
		}
	}
	_ = c.nc.SetReadDeadline(sock.LongAgo)
	if err := <-read; err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		gone = true // at this moment, perhaps
	}
	if !got || gone {
		c.server.places.Quit(turn)
		return false, gone
	}
	_ = c.nc.SetDeadline(time.Time{})
	if n > 0 {
		o.Rest = slices.Concat(o.Rest, early[:n])
	}
	return true, false
}

// full logs and counts that a client was refused.
func (s *Server) full(remote string) {
	s.places.Refuse()
	if silent, ok := s.filling.Say(time.Now()); ok {
		s.log().Warn(turnedAway, "remote", remote, "most", s.MaxConnections, "since_last_line", silent)
	}
}

// placeInWeb takes a place for an upgrade on a connection that net/http has, or answers it with
// 503.
func (s *Server) placeInWeb(w http.ResponseWriter, r *http.Request) bool {
	if s.places.Take(s.MaxConnections) {
		return true
	}
	s.full(r.RemoteAddr)
	w.Header().Set("Connection", "close")
	w.Header().Set("Retry-After", seconds(comeAgain))
	http.Error(w, allInUse, http.StatusServiceUnavailable)
	return false
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) }
