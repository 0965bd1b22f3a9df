package export

import (
	"fmt"
	"slices"
	"strings"

	"example.com/khp/fsm"
)

// message is something that one side sends by an effect and the other takes as an event.
type message struct {
	from    Machine
	what    string
	effects []fsm.EffectKind
	events  []string // of the other side, without their parentheses
	takenIn int      // group of the phases that take it
}

// messages between the two sides, in the order of a handshake. A Ping comes from the hosts, not
// from the machines; a Pong goes to them.
var messages = [...]message{
	{Client, "opening request", []fsm.EffectKind{fsm.EffectSendOpening},
		[]string{"OpeningRequest"}, inOpening},
	{Server, "opening 101", []fsm.EffectKind{fsm.EffectSendOpening}, []string{"Opened"}, inOpening},
	{Server, "other opening answer", []fsm.EffectKind{fsm.EffectRefuseOpening},
		[]string{"Response"}, inOpening},
	{Server, "N", []fsm.EffectKind{fsm.EffectSendProceed}, []string{"ProceedReceived"}, inExtended},
	{Server, "R", []fsm.EffectKind{fsm.EffectSendReroute}, []string{"RerouteReceived"}, inExtended},
	{Client, "extended request", []fsm.EffectKind{fsm.EffectSendRequest, fsm.EffectReplayRequest},
		[]string{"Request", "BadRequest"}, inExtended},
	{Client, "request body", []fsm.EffectKind{fsm.EffectSendBody},
		[]string{"DataReceived", "BodyReceived"}, inExtended},
	{Server, "extended response", []fsm.EffectKind{fsm.EffectSendResponse},
		[]string{"DataReceived"}, inExtended},
	{Server, "terminator", []fsm.EffectKind{fsm.EffectSendTerminator},
		[]string{"Response", "TerminatorReceived"}, inExtended},
	{Client, "message", []fsm.EffectKind{fsm.EffectSendMessage}, []string{"DataReceived"}, inOpen},
	{Server, "message", []fsm.EffectKind{fsm.EffectSendMessage}, []string{"DataReceived"}, inOpen},
	{Client, "Close", []fsm.EffectKind{fsm.EffectSendClose}, []string{"PeerClosed"}, anywhere},
	{Server, "Close", []fsm.EffectKind{fsm.EffectSendClose}, []string{"PeerClosed"}, anywhere},
	{Client, "end of TCP", []fsm.EffectKind{fsm.EffectDisconnect},
		[]string{"ConnectionLost"}, anywhere},
	{Server, "end of TCP", []fsm.EffectKind{fsm.EffectDisconnect},
		[]string{"ConnectionLost"}, anywhere},
}

// text says which effect becomes which event, from left to right with the client on the left.
func (m message) text() string {
	var sent, taken []string
	for _, k := range m.effects {
		sent = append(sent, effectWords[k])
	}
	for _, e := range m.events {
		taken = append(taken, eventText(Client, e))
	}
	if m.from == Server {
		return strings.Join(taken, " or ") + " ← " + strings.Join(sent, " or ")
	}
	return strings.Join(sent, " or ") + " → " + strings.Join(taken, " or ")
}

// messageList numbers all messages.
func messageList() []string {
	list := []string{"client on the left, server on the right"}
	for i, m := range messages {
		list = append(list, fmt.Sprintf("%d %s: %s", i+1, m.what, m.text()))
	}
	return list
}

// more is the additional line in the box of node i: for a pair the numbers of the messages, else
// the events on which it stays.
func (g *graph) more(i int, pair bool) string {
	if !pair {
		return g.stays(i)
	}
	var sends, takes string
	for k, m := range messages {
		switch {
		case !slices.Contains(g.passes(m), i):
		case m.from == g.side:
			sends += fmt.Sprint(" ", k+1)
		default:
			takes += fmt.Sprint(" ", k+1)
		}
	}
	switch {
	case sends == "" && takes == "":
		return ""
	case takes == "":
		return "sends" + sends
	case sends == "":
		return "takes" + takes
	}
	return "sends" + sends + ", takes" + takes
}

// passes lists the nodes of g that send message m, or take it if the other side sends it. Rows that
// fail or give up may do so anywhere, so they count only if no other row does.
func (g *graph) passes(m message) []int {
	var list, ending []int
	note := func(list *[]int, from int, e fsm.Row) {
		if g.carries(m, e) && !slices.Contains(*list, from) {
			*list = append(*list, from)
		}
	}
	for i, n := range g.nodes {
		for _, e := range n.stays {
			note(&list, i, e)
		}
	}
	for _, l := range g.links {
		for _, e := range l.edges {
			if g.nodes[l.from].through() {
				note(&ending, g.find(e.From), e)
			} else {
				note(&list, l.from, e)
			}
		}
	}
	if len(list) == 0 {
		list = ending
	}
	list = slices.DeleteFunc(list, func(i int) bool {
		group := g.nodes[i].group
		return m.from != g.side && m.takenIn != anywhere && m.takenIn != group &&
			(m.takenIn != inExtended || group != inKaazing)
	})
	slices.Sort(list)
	return list
}

// carries reports whether e sends m, or takes it if the other side sends it.
func (g *graph) carries(m message, e fsm.Row) bool {
	if m.from == g.side {
		return slices.ContainsFunc(m.effects, func(k fsm.EffectKind) bool { return has(e, k) })
	}
	name, _, _ := strings.Cut(e.Event, "(")
	return slices.Contains(m.events, name)
}
