package oracle

import (
	"example.com/khp/fsm"
	"example.com/khp/internal/inside"
	"example.com/khp/internal/tables"
)

// ClientOf reads the memory of the oracle off the state of a client.
func ClientOf(s fsm.ClientState) Client {
	var buf [inside.ClientStateSize]byte
	b, _ := s.AppendBinary(buf[:0])
	m := Client{phase: s.Phase(), plan: s.Plan(), failure: s.Failure(), status: uint16(s.Status()),
		redirects: uint8(s.Redirects()), replays: uint8(s.Replays()), interim: uint8(s.Interim())}
	marks := clientMarks[0][b[1]] | clientMarks[1][b[2]]
	m.waiting, m.proxyTried, m.gateway = marks&saysWaiting != 0, marks&saysProxyTried != 0,
		marks&saysGateway != 0
	m.lateTerminator, m.silent = marks&saysLateTerminator != 0, marks&saysSilent != 0
	if m.phase <= fsm.ClientDraining { // the plan once more, as guards read it
		closing := m.phase >= fsm.ClientClosing
		m.muddled = marks&saysPlanFail != 0 != (closing && m.plan == fsm.PlanFail) ||
			marks&saysPlanClose != 0 != (closing && m.plan == fsm.PlanClose)
	}
	switch {
	case m.phase == fsm.ClientSendingBody:
		m.body = bodySending
	case marks&saysBodyCut != 0:
		m.body = bodyCut
	case marks&saysBodySent != 0:
		m.body = bodySent
	}
	return m.relevant()
}

// relevant is the memory without the parts that have no meaning in the phase: a plan outside of the
// closing, a body once the connection is closing, and an outstanding terminator while a response is
// read, whose end sets it anew.
func (m Client) relevant() Client {
	if m.phase < fsm.ClientClosing || m.phase > fsm.ClientRedirecting {
		m.plan = 0
	}
	if m.body == bodySending && m.phase != fsm.ClientSendingBody {
		m.body = bodyHeld
	}
	if m.phase == fsm.ClientReading || m.phase >= fsm.ClientClosing {
		m.lateTerminator = false
	}
	return m
}

// ServerOf reads the memory of the oracle off the state of a server.
func ServerOf(s fsm.ServerState) Server {
	var buf [inside.ServerStateSize]byte
	b, _ := s.AppendBinary(buf[:0])
	marks := serverMarks[0][b[1]] | serverMarks[1][b[2]]
	return Server{phase: s.Phase(), failure: s.Failure(), status: uint16(s.Status()),
		challenges: uint8(s.Challenges()),
		deferrals:  uint8(s.Deferrals()), kaazing: s.Profile() == fsm.ProfileKaazing,
		opened: marks&saysOpened != 0}
}

// says returns the meaning of the marks of a machine.
type says uint16

const (
	saysWaiting says = 1 << iota
	saysLateTerminator
	saysBodySent
	saysBodyCut
	saysProxyTried
	saysSilent
	saysGateway
	saysOpened
	saysPlanFail
	saysPlanClose
)

// The names of marks, as [tables.Machines] has them.
var words = map[string]says{
	"wait running": saysWaiting, "late terminator possible": saysLateTerminator,
	"body sent": saysBodySent, "body cut short": saysBodyCut,
	"proxy tried": saysProxyTried, "nothing received yet": saysSilent, "N received": saysGateway,
	"was open":  saysOpened,
	"plan fail": saysPlanFail, "plan close": saysPlanClose,
}

// clientMarks and serverMarks have the meaning of each byte of marks in an encoding.
var (
	clientMarks = spread(func(b1, b2 byte) []string {
		var s fsm.ClientState
		_ = s.UnmarshalBinary([]byte{byte(fsm.ClientIdle), b1, b2, 9: 0})
		return tables.FSM.ClientMarks(s)
	})
	serverMarks = spread(func(b1, b2 byte) []string {
		var s fsm.ServerState
		_ = s.UnmarshalBinary([]byte{byte(fsm.ServerOpening), b1, b2, 8: 0})
		return tables.FSM.ServerMarks(s)
	})
)

func spread(names func(b1, b2 byte) []string) (table [2][256]says) {
	for v := range 256 {
		for _, name := range names(byte(v), 0) {
			table[0][v] |= words[name]
		}
		for _, name := range names(0, byte(v)) {
			table[1][v] |= words[name]
		}
	}
	return table
}

// Same names the difference between the state of a client and the memory, "" if there is none.
func (m Client) Same(s fsm.ClientState) string {
	switch {
	case s.Phase() != m.phase:
		return "phase"
	// In other phases there is nothing to plan.
	case s.Plan() != m.plan && m.phase >= fsm.ClientClosing && m.phase <= fsm.ClientRedirecting:
		return "plan"
	case s.Failure() != m.failure:
		return "failure"
	case s.Status() != int(m.status):
		return "status"
	case s.Redirects() != int(m.redirects):
		return "redirects"
	case s.Replays() != int(m.replays):
		return "replays"
	case s.Interim() != int(m.interim):
		return "interim"
	case s.LateTerminator() != m.lateTerminator && m.phase == fsm.ClientOpen:
		return "late terminator"
	case m.relevant() != ClientOf(s):
		return differsMemory
	}
	return ""
}

// Same names the difference between the state of a server and the memory, "" if there is none.
func (m Server) Same(s fsm.ServerState) string {
	switch {
	case s.Phase() != m.phase:
		return "phase"
	case s.Failure() != m.failure:
		return "failure"
	case s.Status() != int(m.status):
		return "status"
	case s.Challenges() != int(m.challenges):
		return "challenges"
	case s.Deferrals() != int(m.deferrals):
		return "deferrals"
	case (s.Profile() == fsm.ProfileKaazing) != m.kaazing:
		return "profile"
	case m != ServerOf(s):
		return differsMemory
	}
	return ""
}
