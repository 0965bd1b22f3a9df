package model

import "example.com/khp/fsm"

// clientOrders puts on the network what the client orders.
func (p *Pair) clientOrders(effects fsm.Effects) (broken string) {
	for e := range effects.All() {
		switch e.Kind {
		case fsm.EffectSendRequest, fsm.EffectReplayRequest:
			broken = p.clientSends(message{kind: extendedRequest})
		case fsm.EffectSendBody:
			broken = p.clientSends(message{kind: requestBody})
		case fsm.EffectSendMessage:
			p.clientSent++
			broken = p.clientSends(message{kind: data})
		case fsm.EffectSendClose:
			broken = p.clientSends(message{kind: closeFrame})
		case fsm.EffectDeliver:
			p.clientGot++
		case fsm.EffectDisconnect:
			broken = p.clientSends(message{kind: endOfStream})
			p.toClient = queue{}
		}
		if broken != "" {
			return broken
		}
	}
	return ""
}

func (p *Pair) clientSends(m message) string {
	if p.up && !p.cut && p.server.host.connected && !p.toServer.put(m) {
		return "BOUND: the client has sent more than anybody can need"
	}
	return ""
}

// serverOrders puts on the network what the server orders.
func (p *Pair) serverOrders(effects fsm.Effects, target uint8) (broken string) {
	for e := range effects.All() {
		switch e.Kind {
		case fsm.EffectSendOpening:
			broken = p.serverSends(message{kind: openingAnswer, status: 101})
		case fsm.EffectRefuseOpening:
			broken = p.serverSends(message{kind: openingAnswer, status: e.Code})
		case fsm.EffectSendResponse:
			broken = p.serverSends(message{kind: extendedResponse, status: e.Code, target: target})
		case fsm.EffectSendTerminator:
			broken = p.serverSends(message{kind: terminator})
		case fsm.EffectSendProceed:
			broken = p.serverSends(message{kind: proceed})
		case fsm.EffectSendReroute:
			broken = p.serverSends(message{kind: reroute, target: target})
		case fsm.EffectSendMessage:
			p.serverSent++
			broken = p.serverSends(message{kind: data})
		case fsm.EffectSendClose:
			broken = p.serverSends(message{kind: closeFrame})
		case fsm.EffectComplete:
			p.serverOpened = true
		case fsm.EffectDeliver:
			p.serverGot++
		case fsm.EffectDisconnect:
			broken = p.serverSends(message{kind: endOfStream})
			p.toServer = queue{}
		}
		if broken != "" {
			return broken
		}
	}
	return ""
}

func (p *Pair) serverSends(m message) string {
	if !p.cut && p.client.host.connected && !p.toClient.put(m) {
		return "BOUND: the server has sent more than anybody can need"
	}
	return ""
}
