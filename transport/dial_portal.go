package transport

import (
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport/internal/portal"
)

// noticePortal notes whether a network that wants a login first has answered in the place of the server or the proxy.
func (e *HandshakeError) noticePortal() {
	a := portal.Answer{URL: e.URL, Status: e.Status, Header: e.Header, Body: e.Body, Refused: e.Failure == fsm.FailureRedirectRefused}
	if proxy := proxyErrorOf(e.Cause); proxy != nil {
		a = portal.Answer{URL: e.URL, Status: proxy.Status, Header: proxy.Header, Body: proxy.Body, Proxy: true}
	} else if e.Failure != fsm.FailureStatus && !a.Refused {
		return
	}
	a.Unproven = e.Leg == endpoint.LegOpening && len(e.Path) > 0 && strings.HasPrefix(e.Path[0], "ws:")
	login, ok := portal.Detect(a)
	if !ok {
		return
	}
	e.NetworkLogin, e.LoginURL = true, login.URL
	e.text += "; " + login.String()
}
