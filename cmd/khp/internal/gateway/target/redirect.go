package target

import (
	"context"
	"strings"

	"example.com/khp/internal/balancer"
	"example.com/khp/internal/place"
	"example.com/khp/transport"
	"example.com/khp/wire"
)

// Kaazing's clients follow R without end. Each R therefore has one more marker in its query, some
// clients add another one, and a client with more than mostMarks goes in circles. Repeated markers
// mean no more than one.
const mostMarks = 10

// redirectTarget sends clients to a URL, or to a path on this server.
type redirectTarget struct {
	neverOpen
	location string
}

func (t redirectTarget) decide(
	ctx context.Context, s *session, r *transport.Request,
) (transport.Decision, error) {
	if !r.Kaazing() { // the location is the client's to resolve, which knows by what URL it came
		return transport.Redirect(t.location), nil
	}
	here, err := s.seenFromOutside(ctx, &r.OpeningRequest)
	if err != nil {
		return transport.Refuse(400, "no URL can be made of the Host of this request"), nil
	}
	u, err := here.Resolve([]byte(t.location), nil)
	if err != nil { // the location was checked, so that it is the path of the request
		return transport.Refuse(400, "no URL can be made of the path of this request"), nil
	}
	return s.sendTo(ctx, withQuery(u, r.Target), r), nil
}

// sendTo sends a client to u as it understands it: with R if it speaks the kaazing profile, whose
// clients follow no 302.
func (s *session) sendTo(ctx context.Context, u wire.URL, r *transport.Request) transport.Decision {
	if strings.Count(queryOf(r.Target), balancer.Mark) > mostMarks {
		s.log.WarnContext(ctx, "a client goes in circles: does this route lead back here?", "path",
			s.path)
		return transport.Refuse(508, "too many redirects: this address leads back to itself")
	}
	// the target is usable, so that it is the query
	if _, err := wire.ParseURL(u.String(), nil); err != nil {
		return transport.Refuse(400, "the query cannot go along in a URL")
	}
	if !r.Kaazing() {
		return transport.Redirect(u.String())
	}
	u.Query += "&" + balancer.Mark
	return transport.Decision{Reroute: u.String(), Subprotocol: firstProtocol(r)}
}

// seenFromOutside is the probable URL of a client: a proxy in front may have changed Host and path,
// and it may end TLS.
func (s *session) seenFromOutside(
	ctx context.Context, o *transport.OpeningRequest,
) (wire.URL, error) {
	host, outside := o.Host, s.route.Outside()
	if len(outside.Hosts) > 0 {
		host = outside.Hosts[0]
		for _, h := range outside.Hosts {
			if place.SameAuthority(h, o.Host) {
				host = h
			}
		}
	}
	scheme := "ws"
	// browsers let such a page use wss only
	if transport.SourceOf(ctx).Secure || strings.HasPrefix(o.Origin, "https:") {
		scheme = "wss"
	}
	return wire.ParseURL(scheme+"://"+host+strings.TrimSuffix(outside.Prefix, "/")+o.Path(), nil)
}

// withQuery adds the query of a request to u, as gateways do: the client's parameters, .kl=Y among
// them, go along.
func withQuery(u wire.URL, target string) wire.URL {
	query := queryOf(target)
	switch {
	case query == "":
		return u
	case u.Query != "":
		query = u.Query + "&" + query
	}
	u.Query, u.HasQuery = query, true
	return u
}

// queryOf returns the query of a request target.
func queryOf(target string) string {
	_, query, _ := strings.Cut(target, "?")
	return query
}
