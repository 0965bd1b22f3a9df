// Package codes has the words in which package fsm describes a status code: the action of the
// client, and the duties of the server. The table itself is [example.com/khp/fsm.Status].
package codes

import "strings"

//go:generate go tool -modfile=../../internal/tools/go.mod stringer -output strings_gen.go -type=Action,Strength

// Action is the reaction of a client to a status code of an extended response.
type Action uint8

// Actions. Completing: [ActionComplete]. Continuing: [ActionContinue], [ActionWait],
// [ActionReplay]. All others terminate the connection, some with a follow-up on a new one. [AMB-17]
const (
	_                    Action = iota
	ActionComplete              // the handshake is completed, if every completion condition holds
	ActionContinue              // send the held-back body, wait for a further response
	ActionWait                  // wait for a further response, up to a maximum
	ActionReplay                // send the request again with credentials
	ActionClose                 // close, report, no follow-up
	ActionRedirect              // close, then connect to Location
	ActionRedirectIfGet         // close, then connect to Location if the request was a GET
	ActionRedirectChoice        // close, then connect to one of the offered URIs
	ActionProxyAuth             // close, then possibly authenticate with the configured proxy
	ActionUpgrade               // close, then possibly connect with TLS
)

// Terminates reports whether the action ends the connection it was received on.
func (a Action) Terminates() bool { return a >= ActionClose }

// Strength is the requirement level of the action; where the action closes and follows up, of the
// follow-up, for the close is always a must.
type Strength uint8

// Strengths, as in RFC 2119.
const (
	_ Strength = iota
	May
	Should
	Must
)

// Duties are the obligations of a server that sends a status code.
type Duties uint8

// Duties of a server.
const (
	NeedLocation       Duties = 1 << iota // Location is required
	NeedChallenge                         // WWW-Authenticate is required
	NeedProxyChallenge                    // Proxy-Authenticate is required
	NeedUpgrade                           // Upgrade is required
	NoBody                                // the response has no body
	NoStore                               // Cache-Control: no-store is added
	NeverSend                             // this server does not send the code by itself or on demand
)

// needs names the fields that duties speak of.
var needs = [...]struct {
	duty  Duties
	field string
}{
	{NeedLocation, "Location"},
	{NeedChallenge, "WWW-Authenticate"},
	{NeedProxyChallenge, "Proxy-Authenticate"},
	{NeedUpgrade, "Upgrade"},
}

// Fields returns the names of the fields that a response must carry.
func (d Duties) Fields() (fields []string) {
	for _, n := range needs {
		if d&n.duty != 0 {
			fields = append(fields, n.field)
		}
	}
	return fields
}

// String lists the duties: "Location, no body"; "none" if there are none.
func (d Duties) String() string {
	list := d.Fields()
	for _, other := range [...]struct {
		duty Duties
		text string
	}{{NoBody, "no body"}, {NoStore, "no store"}, {NeverSend, "never sent"}} {
		if d&other.duty != 0 {
			list = append(list, other.text)
		}
	}
	if list == nil {
		return "none"
	}
	return strings.Join(list, ", ")
}

// Rule is one line of the status table.
type Rule struct {
	Code     int
	Reason   string
	Action   Action
	Strength Strength
	Duties   Duties
	Reqs     string // requirement ids, blank-separated
	Listed   bool   // false: the code falls under the rule for unlisted codes
}
