package endpoint

import (
	"errors"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// Decision is the application's answer to a request. The zero value accepts with 101.
//
// A field belongs to the status codes that its comment names. [Server.Decide] refuses a decision
// with a field that does not belong to its Status, because a status code that was forgotten would
// otherwise accept. [Request.Ask], [Redirect] and [Refuse] set the fields that belong together.
type Decision struct {
	Status      int      // 0 is 101
	Subprotocol string   // selected subprotocol, with a status that accepts; must have been asked for
	Extensions  []string // selected extensions with parameters, with a status that accepts; their names must have been asked for
	Header      []HeaderField
	Location    string   // required with 300-303 and 307; optional with 201
	Challenges  []string // WWW-Authenticate values, required with 401; Proxy-Authenticate values, required with 407
	Upgrade     string   // required with 426, such as "TLS/1.2"
	Body        []byte   // with a status that allows one; "" gives a line of its own for 4xx and 5xx
	BodyType    string   // of Body; "" is text/plain; charset=utf-8
	Reroute     string   // kaazing profile: accept, then send the client to this ws URL with R
}

// Ask refuses the request with 401 and asks for credentials of a scheme, such as "Basic", in the
// form that this client understands; see [Request.Challenge].
func (r *Request) Ask(scheme, realm string) Decision {
	return Decision{Status: 401, Challenges: []string{r.Challenge(scheme, realm)}}
}

// Redirect sends the client to location with 302: a ws or wss URL, or a reference relative to the
// URL of the request. An empty location is refused by [Server.Decide].
func Redirect(location string) Decision { return Decision{Status: 302, Location: location} }

// Refuse refuses the request with a status code of its own, 400 to 599 as a rule. why is the text
// of the body, for people; "" sends what the code means. A code that accepts or continues gives a
// decision that [Server.Decide] refuses, and so do those that need another field: 401
// ([Request.Ask]), 407 and 426.
func Refuse(status int, why string) Decision {
	d := Decision{Status: status}
	if a := fsm.Status(status).Action; status < 100 || a == fsm.ActionComplete || a == fsm.ActionContinue || a == fsm.ActionWait {
		d.Status = notRefusing
	}
	if why != "" && !wire.Bodiless(status) {
		d.Body = []byte(why + "\n")
	}
	return d
}

// notRefusing is the status of a decision that [Refuse] made of a code that lets the client in, or
// keeps it waiting. Nothing accepts it.
const notRefusing = -1 << 15

// checkFields refuses a decision with a field that contradicts its status, and says which status
// was meant. A decision with challenges and no status comes from an application that did not mean
// to accept. With unchecked a status that is written out goes with everything that can be written.
//
//khp:impl KHP-STATUS-401-04 KHP-REDIR-06
func (d *Decision) checkFields(unchecked bool) error {
	if d.Status == notRefusing {
		return errors.New("endpoint: Refuse was called with a status code that does not refuse; use one from 400 to 599, such as 403")
	}
	rule := fsm.Status(d.status())
	completes := rule.Action == fsm.ActionComplete
	lax := unchecked && d.Status != 0
	for _, f := range [...]struct {
		set, fits bool
		name      string
		meant     string
	}{
		{d.Location != "", lax || rule.Duties&fsm.NeedLocation != 0 || d.Status == 201, "Location", "goes with 302, or another of 201, 300-303 and 307"},
		{d.Challenges != nil, lax || rule.Duties&(fsm.NeedChallenge|fsm.NeedProxyChallenge) != 0, "Challenges", "go with 401, or 407"},
		{d.Upgrade != "", lax && !completes || rule.Duties&fsm.NeedUpgrade != 0, "Upgrade", "goes with 426"},
		{d.Reroute != "", completes, "Reroute", "goes with a status that accepts; leave Status 0"},
		{len(d.Body) > 0, !wire.Bodiless(d.status()), "Body", "goes with a status that allows one, such as 403: this response has no body"},
		{d.BodyType != "", lax || len(d.Body) > 0, "BodyType", "goes with Body, which is empty"},
		{fieldValue(d.Header, "Retry-After") != "", lax || !completes, "Retry-After in Header", "goes with 503, or another status that refuses"},
	} {
		if f.set && !f.fits {
			return errors.New("endpoint: " + f.name + " " + f.meant + "; this decision has " + d.statusText())
		}
	}
	return nil
}

// status returns the status code that is sent.
func (d *Decision) status() int {
	if d.Status == 0 {
		return 101
	}
	return d.Status
}

// statusText names the status as the application wrote it.
func (d *Decision) statusText() string {
	if d.Status == 0 {
		return "Status 0, which accepts with 101"
	}
	return "Status " + itoa(d.Status) + " " + fsm.Status(d.Status).Reason
}
