package dial

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
)

// explainFailure turns a failed handshake into an exit code and one line with the failure, its
// place and a remedy.
func explainFailure(e *transport.HandshakeError, o *options, p *progress) (code int, text string) {
	var proxy *transport.ProxyError
	switch {
	case e.Failure == fsm.FailureConnect, errors.As(e.Cause, &proxy) && proxy.Status == 0,
		errors.Is(e, context.DeadlineExceeded) && !p.connected.Load():
		return cli.ExitUnreachable, unreachable(e, o)
	case errors.Is(e.Cause, context.Canceled):
		return cli.ExitFailed, "interrupted while connecting to " + e.URL
	case errors.Is(e.Cause, context.DeadlineExceeded):
		so := ""
		if status := int(p.status.Load()); status != 0 {
			so = fmt.Sprintf(", the last answer was %d %s", status, fsm.Status(status).Reason)
		}
		hint := "try --timeout with more time, or -v to see how far it comes"
		if p.neverEnds(o) {
			hint = hints[fsm.FailureMissingTerminator]
		}
		return cli.ExitFailed, fmt.Sprintf("no open connection to %s within %s%s; %s",
			e.URL, o.timeout.String(), so, hint)
	}
	text = plainReason(e)
	if refusedCredentials(e, o, p) {
		text = "wrong credentials: " + text
	}
	if hint := hintFor(e, o, p); hint != "" {
		text += "; " + hint
	}
	return cli.ExitFailed, text
}

// unreachable says why there is no connection.
func unreachable(e *transport.HandshakeError, o *options) string {
	why, hint := "no answer", "is the address right, and is the server running?"
	if e.Cause != nil && !errors.Is(e.Cause, context.DeadlineExceeded) {
		why = lastPart(cli.Cause(e.Cause).Error())
	}
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var proxy *transport.ProxyError
	switch {
	case errors.As(e.Cause, &proxy):
		why, hint = proxy.Error(), "try another proxy, or --proxy none"
	case errors.As(e.Cause, &certificate):
		why, hint = certificate.Err.Error(),
			"try --ca FILE with the authority it comes from, or --insecure if nothing is to be checked"
	case certificateHint(e.Cause, o) != "":
		hint = certificateHint(e.Cause, o)
	case errors.As(e.Cause, &record):
		why, hint = "the server does not speak TLS", "try ws:// instead of wss://"
	case errors.Is(e.Cause, context.DeadlineExceeded) && o.timeout > 0:
		why = "no answer within " + o.timeout.String()
	}
	text := fmt.Sprintf("cannot connect to %s: %s; %s", e.URL, why, hint)
	if len(e.Path) > 1 {
		text += " It is where a redirect led: " + strings.Join(e.Path, " -> ")
	}
	return text
}

// certificateHint says what to try after a TLS alert of the server about the client's certificate,
// or about none. Servers of TLS 1.2 say "bad certificate" or "handshake failure" to a client
// without.
func certificateHint(err error, o *options) string {
	var alert *net.OpError
	if !errors.As(err, &alert) || alert.Op != "remote error" {
		return ""
	}
	about := strings.Contains(alert.Err.Error(), "certificate")
	switch {
	case about && o.cert != "":
		return "the server does not accept the certificate of --cert; " +
			"is it of an authority that the server trusts, and still valid?"
	case about:
		return "the server wants a certificate; give one with --cert FILE"
	case o.cert == "" && strings.Contains(alert.Err.Error(), "handshake failure"):
		return "if the server wants a certificate, give one with --cert FILE"
	}
	return ""
}

// lastPart takes the system's own words out of a network error.
func lastPart(s string) string {
	for _, known := range []string{"connection refused", "no route to host", "network is unreachable",
		"no such host", "connection reset by peer", "i/o timeout"} {
		if strings.Contains(s, known) {
			return known
		}
	}
	return s
}

// refusedCredentials reports whether the credentials of the command line were given and not
// accepted.
func refusedCredentials(e *transport.HandshakeError, o *options, p *progress) bool {
	if !p.challenged.Load() || o.user == "" && o.token == "" {
		return false
	}
	return e.Failure == fsm.FailureCredentialsRefused || e.Failure == fsm.FailureAuthLimit ||
		e.Failure == fsm.FailureStatus && e.Status == 403
}

// neverEnds reports whether a response that decides came without the message that ends it. Kaazing
// gateways leave that out for clients that do not mark their URL.
func (p *progress) neverEnds(o *options) bool {
	status := p.status.Load()
	return o.profile == "spec" && status != 0 && status != 100 && status != 102 && status != 202
}

// hints say what to try after a failure.
var hints = [...]string{
	fsm.FailureAcceptedOnly:       "the server has not decided; try again later",
	fsm.FailureCredentialsRefused: "check name, password or token",
	fsm.FailureAuthLimit:          "check name, password or token",
	fsm.FailureNotSelected: "the server is no KHP server, " +
		"or nothing answers at this path; try another path, or --plain for a plain WebSocket",
	fsm.FailureMissingTerminator:     "if it is a Kaazing gateway, try --profile kaazing",
	fsm.FailureUnexpectedMessage:     "is --profile right?",
	fsm.FailureTimeout:               "try -v to see how far it comes, or --timeout with more time",
	fsm.FailureRedirectRefused:       "connect to the target directly if you trust it",
	fsm.FailureExtensionNotRequested: "the server is at fault",
	fsm.FailureProtocolNotRequested:  "the server is at fault",
}

// openingHints are for refusals of the opening handshake, which have nothing to do with KHP yet.
var openingHints = map[int]string{
	400: "the server may be no WebSocket server",
	403: "the server may want another Origin; try --opening-header 'Origin: ...'",
	404: "try another path",
	426: "the server may be no WebSocket server",
}

// maybeTLS is for a server that hangs up on the opening request without a word, as some TLS servers
// do.
const maybeTLS = "if the server speaks TLS, try wss:// instead of ws://"

// hintFor says what to try after e.
func hintFor(e *transport.HandshakeError, o *options, p *progress) string {
	given := o.user != "" || o.token != ""
	switch {
	case e.NetworkLogin && e.LoginURL != "":
		return "open " + e.LoginURL + " in a browser, then try again"
	case !given &&
		(e.Failure == fsm.FailureAuthRequired || e.Leg == endpoint.LegOpening && e.Status == 401):
		return credentialsHint(e)
	case e.Failure == fsm.FailureStatus &&
		(refusedCredentials(e, o, p) || e.Leg == endpoint.LegOpening && e.Status == 401):
		return "check name, password or token"
	case e.Failure == fsm.FailureTooManyRedirects:
		return "try --max-redirects with more than " + strconv.Itoa(o.maxRedirects)
	case e.Failure == fsm.FailureRedirectLoop:
		return samePlace(e.Path)
	case e.Failure == fsm.FailureStatus && e.Status == 0: // R instead of a status
		return "try --max-redirects with more than " + strconv.Itoa(o.maxRedirects)
	case e.Failure == fsm.FailureTimeout && p.neverEnds(o):
		return hints[fsm.FailureMissingTerminator]
	case o.profile == "spec" && p.balancer.Load():
		return "that is how Kaazing gateways speak to their own clients; try --profile kaazing"
	case e.Leg == endpoint.LegOpening && p.tls.Load():
		return "the server speaks TLS; try wss:// instead of ws://"
	case e.Leg == endpoint.LegOpening && e.Failure == fsm.FailureConnectionLost &&
		strings.HasPrefix(e.URL, "ws://"):
		return maybeTLS
	case certificateHint(e.Cause, o) != "":
		return certificateHint(e.Cause, o)
	case e.RetryAfter > 0:
		return "the server asks to try again in " + e.RetryAfter.String()
	case e.Leg == endpoint.LegOpening && e.Status != 0:
		return openingHints[e.Status]
	case e.Failure == fsm.FailureStatus:
		return statusHint(e.Status)
	case int(e.Failure) < len(hints) && hints[e.Failure] != "":
		return hints[e.Failure]
	case e.Failure == fsm.FailureUnexpectedContinue:
		return statusHint(100)
	}
	return ""
}

func statusHint(status int) string {
	return "khp status " + strconv.Itoa(status) + " explains the code"
}

// samePlace tells which URL of a path its last one repeats, where they are not written alike.
func samePlace(path []string) string {
	if len(path) == 0 {
		return ""
	}
	last := path[len(path)-1]
	refused, err := wire.ParseURL(last, nil)
	for _, one := range path[:len(path)-1] {
		if u, e := wire.ParseURL(one, nil); err == nil && e == nil && one != last &&
			u.Key() == refused.Key() {
			return last + " is the same place as " + one
		}
	}
	return ""
}

// credentialsHint names the flag for the credentials that the server asks for, or the reason why no
// flag can answer it.
func credentialsHint(e *transport.HandshakeError) string {
	hint := "try " + flagUser + " or " + flagToken
	for _, value := range e.Header.Values("WWW-Authenticate") {
		list, _ := wire.ParseChallenges(nil, []byte(value))
		for _, ch := range list {
			flag := flagFor(string(ch.Scheme))
			if flag == flagUser && strings.EqualFold(string(ch.Scheme), "Digest") {
				if _, err := credentials.ParseDigestChallenge(ch); err != nil {
					hint = unanswerableText(err)
					continue
				}
			}
			if flag != "" {
				return "try " + flag
			}
		}
	}
	return hint
}
