package model

import (
	"slices"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/sim/model/internal/act"
	"github.com/stretchr/testify/require"
)

// only is a mistake that one property finds, and no other.
type only struct {
	side   act.Side
	row    string
	change func(*fsm.Row)
}

func (o only) broken(t *testing.T) (ids []string) {
	t.Helper()
	rows := act.EdgesOf(o.side)
	require.True(t, slices.ContainsFunc(rows, func(r fsm.Row) bool { return r.ID == o.row }), o.row)
	for _, p := range nearest(t, row(o.side, o.row, o.change).fault()) {
		ids = append(ids, p.ID)
	}
	return ids
}

// first puts an order before all others.
func first(k fsm.EffectKind) func(*fsm.Row) {
	return func(r *fsm.Row) {
		r.Effects = slices.Insert(slices.Clone(r.Effects), 0, act.Effect(k))
	}
}

// Each order that has no place in a step is found, and by nothing else: those of the other side,
// and those about something that did not happen.
func TestOrders_OutOfPlace(t *testing.T) {
	t.Attr("req", "INV-35")
	for name, o := range map[string]only{
		"client/response": {act.Client, "reading/data/more", first(fsm.EffectSendResponse)},
		"client/terminator": {act.Client, "reading/data/more",
			first(fsm.EffectSendTerminator)},
		"client/refusal": {act.Client, "opening/lost/connection-lost",
			first(fsm.EffectRefuseOpening)},
		"client/decision": {act.Client, "reading/data/more", first(fsm.EffectAskDecision)},
		"client/N": {act.Client, "closing/peer-closed/draining",
			first(fsm.EffectSendProceed)},
		"client/R": {act.Client, "closing/peer-closed/draining",
			first(fsm.EffectSendReroute)},
		"client/pong":         {act.Client, "reading/data/more", first(fsm.EffectSendPong)},
		"client/delivery":     {act.Client, "open/send/send", first(fsm.EffectDeliver)},
		"client/message":      {act.Client, "open/data/deliver", first(fsm.EffectSendMessage)},
		"client/opening":      {act.Client, "reading/data/more", first(fsm.EffectSendOpening)},
		"client/stopped body": {act.Client, "reading/data/more", first(fsm.EffectStopBody)},
		"client/credentials": {act.Client, "reading/data/more",
			first(fsm.EffectAskCredentials)},
		"client/dial": {act.Client, "opening/401/ask-credentials",
			act.Orders(act.Effect(fsm.EffectDial))},
		"server/dial":    {act.Server, "deciding/202/wait", first(fsm.EffectDial)},
		"server/request": {act.Server, "deciding/202/wait", first(fsm.EffectSendRequest)},
		"server/replay": {act.Server, "deciding/202/wait",
			first(fsm.EffectReplayRequest)},
		"server/body":         {act.Server, "deciding/202/wait", first(fsm.EffectSendBody)},
		"server/stopped body": {act.Server, "deciding/202/wait", first(fsm.EffectStopBody)},
		"server/credentials": {act.Server, "deciding/202/wait",
			first(fsm.EffectAskCredentials)},
		"server/follow":   {act.Server, "closing/lost/failed", first(fsm.EffectFollow)},
		"server/pong":     {act.Server, "deciding/202/wait", first(fsm.EffectSendPong)},
		"server/delivery": {act.Server, "open/send/send", first(fsm.EffectDeliver)},
		"server/message":  {act.Server, "open/data/deliver", first(fsm.EffectSendMessage)},
		"server/second refusal": {act.Server, "closing/lost/failed",
			first(fsm.EffectRefuseOpening)},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, []string{"TOTAL"}, slices.Compact(o.broken(t)))
		})
	}
}

// A wrong report of a machine about its end is found, and by nothing else.
func TestCause_OfAnEnd(t *testing.T) {
	failure := func(f fsm.Failure) func(*fsm.Row) { return func(r *fsm.Row) { r.Failure = f } }
	code := func(k fsm.EffectKind, c uint16) func(*fsm.Row) {
		return func(r *fsm.Row) {
			r.Effects = slices.Clone(r.Effects)
			for i := range r.Effects {
				if r.Effects[i].Kind == k {
					r.Effects[i].Code = c
				}
			}
		}
	}
	for name, o := range map[string]only{
		"client/failure of a timer": {act.Client, "opening/opening-timer/timeout",
			failure(fsm.FailureTooManyRedirects)},
		"client/failure of a response": {act.Client, "reading/complete/accept-mismatch",
			failure(fsm.FailureAcceptedOnly)},
		"client/failure of a status": {act.Client, "reading/status-close/status",
			failure(fsm.FailureTimeout)},
		"client/failure of a connection": {act.Client, "reading/lost/connection-lost",
			failure(fsm.FailureCredentialTimeout)},
		"client/failure of credentials": {act.Client, "await-credentials/credentials/credentials-refused",
			failure(fsm.FailureExtensionNotRequested)},
		"client/code of a status": {act.Client, "reading/status-close/status",
			code(fsm.EffectSendClose, 1008)},
		"client/code of a message": {act.Client, "await-credentials/data/unexpected-message",
			code(fsm.EffectSendClose, 1000)},
		"client/code of an answer": {act.Client, "open/peer-closed/draining",
			code(fsm.EffectSendClose, 1000)},
		"client/status": {act.Client, "reading/status-close/status",
			func(r *fsm.Row) { r.Changes.StatusOfEvent, r.Changes.Status = false, 200 }},
		"server/failure": {act.Server, "await-request/data/unexpected-message",
			failure(fsm.FailureAcceptMismatch)},
		"server/code": {act.Server, "deciding/refusal/status",
			code(fsm.EffectSendClose, 1008)},
		"server/code of a failure": {act.Server, "deciding/application-failure/application",
			code(fsm.EffectSendClose, 1002)},
		"server/status of a timer": {act.Server, "await-request/request-timer/timeout",
			code(fsm.EffectSendResponse, 400)},
		"server/status that is recorded": {act.Server, "await-request/bad-request/malformed",
			func(r *fsm.Row) { r.Changes.StatusOfEvent, r.Changes.Status = false, 418 }},
		"server/status of an opening": {act.Server, "opening/opening-request/not-selected",
			code(fsm.EffectRefuseOpening, 408)},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, []string{"CAUSE"}, slices.Compact(o.broken(t)))
		})
	}
}
