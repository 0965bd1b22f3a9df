package property

import (
	"slices"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
)

// doClient is the host of the client: it carries out outputs.
func (r *pairRun) doClient(outs []endpoint.Output) error {
	outs = slices.Clone(outs) // calls from here make new ones
	if err := r.client.take(outs); err != nil {
		return broken("client: %w", err)
	}
	for _, o := range outs {
		var err error
		switch o.Kind {
		case endpoint.Dial:
			err = r.dial()
		case endpoint.SendBytes, endpoint.SendMessage, endpoint.SendPong, endpoint.SendClose:
			if r.client.up {
				r.toServer = append(r.toServer, parcel{kind: o.Kind, typ: o.Type, data: slices.Clone(o.Data), code: o.Code, cut: o.Kind == endpoint.SendBytes})
			}
			if o.Kind == endpoint.SendMessage && r.c.Phase() == fsm.ClientSendingBody {
				err = r.doClient(r.c.BodyWritten(r.now))
			}
		case endpoint.Disconnect:
			r.toServer = append(r.toServer, parcel{kind: endpoint.Disconnect})
			r.toClient, r.atClient = nil, nil
		case endpoint.AskCredentials:
			r.client.asked = 0
			if r.decide&1 == 0 {
				err = r.doClient(r.c.Credentials(r.now, "Basic am9lOndlbGNvbWU="))
			} else {
				err = r.doClient(r.c.NoCredentials(r.now, "none"))
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dial starts a new server.
func (r *pairRun) dial() error {
	r.s = endpoint.NewServer(endpoint.ServerConfig{})
	r.server = monitor{server: true, up: true, deadline: r.s.Deadline}
	r.toClient, r.toServer, r.atClient, r.atServer, r.sent = nil, nil, nil, nil, nil
	r.client.up = true
	return r.doClient(r.c.Connected(r.now, [16]byte{byte(r.c.Attempt())}))
}

// doServer is the host of the server.
func (r *pairRun) doServer(outs []endpoint.Output) error {
	outs = slices.Clone(outs)
	if err := r.server.take(outs); err != nil {
		return broken("server: %w", err)
	}
	for _, o := range outs {
		switch o.Kind {
		case endpoint.SendBytes, endpoint.SendMessage, endpoint.SendPong, endpoint.SendClose:
			if r.server.up {
				r.toClient = append(r.toClient, parcel{kind: o.Kind, typ: o.Type, data: slices.Clone(o.Data), code: o.Code, cut: isResponse(o.Data)})
			}
		case endpoint.Disconnect:
			r.toClient = append(r.toClient, parcel{kind: endpoint.Disconnect})
		case endpoint.AskDecision:
			r.server.asked = 0
			next, err := r.s.Decide(r.now, r.decision())
			if err != nil {
				return broken("the decision is refused: %w", err)
			}
			if err := r.doServer(next); err != nil {
				return err
			}
		}
	}
	return nil
}

// decision is what the application says, by the program's byte: accept with what was asked for, ask for credentials first, send elsewhere, refuse.
func (r *pairRun) decision() endpoint.Decision {
	q := r.s.Request()
	d := endpoint.Decision{}
	if len(q.Protocols) > 0 && r.decide&4 != 0 {
		d.Protocol = q.Protocols[len(q.Protocols)-1]
	}
	if r.decide&8 != 0 {
		d.Extensions = q.Extensions
	}
	d.Status = []int{101, 201, 204, 205}[r.decide>>4&3]
	switch r.decide >> 6 {
	case 1:
		if q.Authorization == "" {
			return endpoint.Decision{Status: 401, Challenges: []string{`Application Basic realm="r"`}}
		}
	case 2:
		if r.hops++; r.hops <= 2 {
			return endpoint.Decision{Status: 302, Location: "/p" + string(rune('0'+r.hops))}
		}
	case 3:
		if r.decide&2 != 0 {
			return endpoint.Decision{Status: 403}
		}
	}
	return d
}

// accepted reports whether the application lets the client in, as far as it is up to the application.
func (r *pairRun) accepted(cfg *endpoint.ClientConfig) bool {
	switch r.decide >> 6 {
	case 1:
		return cfg.HasCredentials && r.decide&1 == 0
	case 3:
		return r.decide&2 == 0
	}
	return true
}
