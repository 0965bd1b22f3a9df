package replay

import (
	"strconv"

	"example.com/khp/fsm"
	"example.com/khp/internal/inside"
)

// outKind is something that a machine orders to send.
type outKind uint8

const (
	_ outKind = iota
	outOpening
	outRefuseOpening
	outRequest
	outReplay
	outBody
	outProceed
	outReroute
	outResponse
	outTerminator
	outMessage
	outClose
)

// out is one order to send, with its status.
type out struct {
	kind   outKind
	status uint16
}

// String says it in words.
func (o out) String() string {
	//exhaustive:enforce
	switch o.kind {
	case outOpening:
		return "its part of the opening handshake"
	case outRefuseOpening:
		return "a refusal of the opening request"
	case outRequest:
		return "the extended request"
	case outReplay:
		return "the extended request with Authorization"
	case outBody:
		return "the body of the request"
	case outProceed:
		return "the message N"
	case outReroute:
		return "the message R"
	case outResponse:
		return "a " + strconv.Itoa(int(o.status)) + " response"
	case outTerminator:
		return "the empty binary message that ends the response"
	case outMessage:
		return "a message of the application"
	case outClose:
		return "a Close frame"
	default:
		return "nothing"
	}
}

// outOf returns the kind of output of an effect, 0 if it sends nothing that is judged.
var outOf = [...]outKind{
	fsm.EffectSendOpening: outOpening, fsm.EffectRefuseOpening: outRefuseOpening,
	fsm.EffectSendRequest: outRequest, fsm.EffectReplayRequest: outReplay,
	fsm.EffectSendBody: outBody, fsm.EffectSendProceed: outProceed, fsm.EffectSendReroute: outReroute,
	fsm.EffectSendResponse:   outResponse,
	fsm.EffectSendTerminator: outTerminator, fsm.EffectSendMessage: outMessage,
	fsm.EffectSendClose: outClose, fsm.EffectFail: 0,
}

// owed has the outputs that a side was ordered to send and was not seen to send yet. It is a value
// that can be compared.
type owed struct {
	list [inside.MaxEffects]out
	n    uint8
}

// owedOf lists the outputs of effects.
func owedOf(effects fsm.Effects) (o owed) {
	for e := range effects.All() {
		if int(e.Kind) >= len(outOf) || outOf[e.Kind] == 0 {
			continue
		}
		o.list[o.n] = out{kind: outOf[e.Kind]}
		if k := outOf[e.Kind]; k == outResponse || k == outRefuseOpening {
			o.list[o.n].status = e.Code
		}
		o.n++
	}
	return o
}

// first is the output that has to be sent next, the zero out if there is none.
func (o owed) first() out { return o.list[0] }

// pop leaves out the first.
func (o owed) pop() (rest owed) {
	copy(rest.list[:], o.list[1:])
	rest.n = o.n - 1
	return rest
}
