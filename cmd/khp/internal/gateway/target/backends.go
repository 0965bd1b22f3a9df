package target

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/listen"
	"example.com/khp/wire"
)

// backendBegins is where one of several back ends begins, behind the comma: its weight, if it has
// one, and its scheme.
var backendBegins = regexp.MustCompile(
	`(?:^|,)(?:([0-9]+)\*)?((?:khp\+)?wss?|(?:khp\+)?ws\+unix|tcp|tls|unix):`)

// otherBegins is where something else than a back end may begin.
var otherBegins = regexp.MustCompile(
	`,(?:[0-9]+\*)?(?:[A-Za-z][A-Za-z0-9+.-]*://|(?:redirect|balance|status):|echo$)`)

// mostWeight bounds weights.
const mostWeight = 1000

// parsePool reads one back end, or several with commas between them; ok is false if the text begins
// with none.
func parsePool(text string) (p *pool, ok bool, err error) {
	begins := backendBegins.FindAllStringSubmatchIndex(text, -1)
	if begins == nil || begins[0][0] != 0 {
		return nil, false, nil
	}
	p = &pool{}
	for i, at := range begins {
		end := len(text)
		if i+1 < len(begins) {
			end = begins[i+1][0]
		}
		weight := 1
		if at[2] >= 0 {
			written := text[at[2]:at[3]]
			n, err := cli.Digits(written)
			if weight = int(n); err != nil || n < 1 || n > mostWeight {
				return nil, true, fmt.Errorf("the weight %s* is not from 1 to %d", written, mostWeight)
			}
		}
		one := text[at[4]:end]
		// A comma at an end is an error, not a part of a path.
		if text[0] == ',' || strings.HasSuffix(one, ",") {
			return nil, true, errors.New("a comma has no back end on one of its sides; leave it out")
		}
		b, err := parseBackend(one)
		if err != nil {
			return nil, true, err
		}
		if err := p.add(b, weight); err != nil {
			return nil, true, err
		}
	}
	return p, true, nil
}

// parseBackend reads one back end.
func parseBackend(text string) (backend, error) {
	if at := otherBegins.FindStringIndex(text); at != nil {
		return nil, fmt.Errorf("%q is no back end, of which a list can be; expected one of %s",
			Shown(text[at[0]+1:]), backendForms)
	}
	scheme, rest, _ := strings.Cut(text, ":")
	kind, khp := strings.CutPrefix(scheme, "khp+")
	switch kind {
	case "ws", "wss":
		u, err := webSocketURL(kind + ":" + rest)
		if err != nil {
			return nil, err
		}
		return &wsBackend{url: u, khp: khp, link: link{"tcp", u.HostPort()}, name: prefixOf(khp) +
			withoutQuery(u)}, nil
	case "ws+unix":
		socket, target, _ := strings.Cut(rest, ":")
		if why := listen.CheckSocket(socket); why != "" {
			return nil, errors.New(why)
		}
		u, err := webSocketURL("ws://localhost" + target)
		if err != nil || target != "" && !strings.HasPrefix(target, "/") {
			return nil, fmt.Errorf("%q is no path; expected ws+unix:SOCKET:PATH, "+
				"as in ws+unix:/run/chat.sock:/chat", Shown(target))
		}
		return &wsBackend{url: u, khp: khp, link: link{"unix", socket}, name: prefixOf(khp) + "ws+unix:" +
			socket + ":" + u.Path}, nil
	case "unix":
		if why := listen.CheckSocket(rest); why != "" {
			return nil, errors.New(why)
		}
		return &streamBackend{link: link{"unix", rest}, linger: tcpLinger, name: text}, nil
	}
	return parseTCP(text)
}

// parseTCP reads tcp://host:port or tls://host:port.
func parseTCP(text string) (backend, error) {
	kind, rest, _ := strings.Cut(text, ":")
	addr, ok := strings.CutPrefix(rest, "//")
	host, port, err := net.SplitHostPort(addr)
	switch {
	case strings.ContainsAny(addr, "/?#@"):
		return nil, fmt.Errorf("%q has more than a host and a port; expected %s://host:port",
			Shown(text), kind)
	case !ok || err != nil || host == "" || strings.ContainsAny(host, " ,"):
		return nil, fmt.Errorf("%q is no TCP back end; expected %s://host:port", Shown(text), kind)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return nil, fmt.Errorf("port %q is not a number from 1 to 65535", port)
	}
	if _, err := netip.ParseAddr(host); err != nil {
		if _, err := wire.ParseURL("ws://"+host, nil); err != nil {
			return nil, fmt.Errorf("%q is neither a host name nor an address; expected %s://host:port, "+
				"with an international name in its ASCII form", host, kind)
		}
	}
	b := &streamBackend{link: link{"tcp", addr}, linger: tcpLinger, name: text}
	if kind == "tls" {
		b.host = host
	}
	return b, nil
}

// prefixOf marks the URLs of back ends that speak KHP.
func prefixOf(khp bool) string {
	if khp {
		return "khp+"
	}
	return ""
}

// withoutQuery is u as it may be shown.
func withoutQuery(u wire.URL) string {
	u.Query, u.HasQuery = "", false
	return u.String()
}
