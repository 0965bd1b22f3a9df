package fsm

import "errors"

// Sizes of the encodings of the two states, in bytes.
const (
	ClientStateSize = 10
	ServerStateSize = 9
)

// errState is a state that no machine can be in.
var errState = errors.New("fsm: not the encoding of a state; was it written by another version?")

// AppendBinary appends s in [ClientStateSize] bytes: equal states, and only those, have equal
// encodings. The error is always nil. With [ClientState.UnmarshalBinary] a host can put a handshake
// aside, or hand it to another process of the same version.
func (s ClientState) AppendBinary(b []byte) ([]byte, error) {
	c := s.count
	return s.end.append(append(b, byte(s.phase), byte(s.marks), byte(s.marks>>8), c.interim, c.replays, c.redirects)), nil
}

// UnmarshalBinary replaces s by the state that [ClientState.AppendBinary] wrote. It keeps nothing
// of b, and refuses what is not of the right length or names no phase.
func (s *ClientState) UnmarshalBinary(b []byte) error {
	if len(b) != ClientStateSize || b[0] == 0 || ClientPhase(b[0]) >= clientPhases {
		return errState
	}
	*s = ClientState{ClientPhase(b[0]), marks(b[1]) | marks(b[2])<<8, counts{b[3], b[4], b[5]}, endingOf(b[6:])}
	return nil
}

// AppendBinary appends s in [ServerStateSize] bytes: equal states, and only those, have equal
// encodings. The error is always nil.
func (s ServerState) AppendBinary(b []byte) ([]byte, error) {
	return s.end.append(append(b, byte(s.phase), byte(s.marks), byte(s.marks>>8), s.count.challenges, s.count.deferrals)), nil
}

// UnmarshalBinary replaces s by the state that [ServerState.AppendBinary] wrote, as that of the
// client does.
func (s *ServerState) UnmarshalBinary(b []byte) error {
	if len(b) != ServerStateSize || b[0] == 0 || ServerPhase(b[0]) >= serverPhases {
		return errState
	}
	*s = ServerState{ServerPhase(b[0]), marks(b[1]) | marks(b[2])<<8, serverCounts{b[3], b[4]}, endingOf(b[5:])}
	return nil
}

func (e ending) append(b []byte) []byte {
	return append(b, byte(e.plan), byte(e.failure), byte(e.status), byte(e.status>>8))
}

func endingOf(b []byte) ending {
	return ending{Plan(b[0]), Failure(b[1]), uint16(b[2]) | uint16(b[3])<<8}
}
