package extension

import "example.com/khp/wire"

// Names of the extensions that deployed Kaazing clients and gateways know.
const (
	IdleTimeoutName = "x-kaazing-idle-timeout"
	PingPongName    = "x-kaazing-ping-pong"
	// RevalidateName asks for a re-check of credentials by plain HTTP. Old clients ask for it, and
	// work without: nothing here grants it.
	RevalidateName = "x-kaazing-http-revalidate"
)

// Extension is one kind of extension. It serves any number of connections, on either side, at the
// same time.
type Extension interface {
	// Name is the token by which both sides know it.
	Name() string
	// Offer returns the parameters with which a client asks for it, as they stand behind "name;",
	// "" for none.
	Offer() (params string)
	// Accept answers a client's element with the parameters of the response and the session to run, or
	// declines it with ok false. It is called once for each element of that name until one is
	// accepted.
	Accept(asked Request) (params string, s Session, ok bool)
	// Confirm takes the element with which the server has answered. An error fails the attempt to
	// connect.
	Confirm(answer wire.Extension) (Session, error)
}

// Request is an extension that a client asks for.
type Request struct {
	wire.Extension          // the element, with its parameters
	Asked          []string // the names of all elements of the request
	// Below has the names of the extensions that are granted already: all of them will be nearer to
	// the peer.
	Below []string
}

// Offers returns the elements that a client asks for: raw, and then those of use that raw does not
// name. A nil Extension is none, here and below.
func Offers(use []Extension, raw []string) []string {
	if len(use) == 0 {
		return raw
	}
	list := append([]string(nil), raw...)
	for _, x := range use {
		if x != nil && !named(list, x.Name()) {
			list = append(list, element(x.Name(), x.Offer()))
		}
	}
	return list
}

// Accept returns the elements with which a server answers asked, the elements of an extended
// request, and the sessions to run for them. The application answers the elements in selected by
// itself: they come first, and have no session. Each name is answered once.
func Accept(use []Extension, asked, selected []string) (answer []string, sessions []Session) {
	var names []string
	for _, e := range asked {
		names = append(names, string(parse(e).Name))
	}
	var below []string
	for i := len(use) - 1; i >= 0; i-- { // from the peer's end: an extension may depend on those below
		if use[i] == nil {
			continue
		}
		name := use[i].Name()
		if named(selected, name) || named(below, name) {
			continue
		}
		for _, e := range asked {
			if string(parse(e).Name) != name {
				continue
			}
			if params, s, ok := use[i].Accept(Request{Extension: parse(e), Asked: names, Below: below}); ok {
				below = append([]string{name}, below...)
				answer = append([]string{element(name, params)}, answer...)
				sessions = append([]Session{s}, sessions...)
				break
			}
		}
	}
	return append(selected[:len(selected):len(selected)], answer...), sessions
}

// Confirm returns the sessions that a client has to run for the elements of a response. Elements
// that use does not know have no session: the caller who asked for them is responsible for them.
func Confirm(use []Extension, answer []string) (sessions []Session, err error) {
	for _, e := range answer {
		for _, x := range use {
			if x == nil || string(parse(e).Name) != x.Name() {
				continue
			}
			s, err := x.Confirm(parse(e))
			if err != nil {
				return nil, &Error{Name: x.Name(), Err: err}
			}
			sessions = append(sessions, s)
			break
		}
	}
	return sessions, nil
}

// Error says which extension could not use the server's answer, and why.
type Error struct {
	Name string
	Err  error
}

// Error names the extension and the reason.
func (e *Error) Error() string {
	why := "it cannot use the answer"
	if e.Err != nil {
		why = e.Err.Error()
	}
	return "extension " + e.Name + ": " + why
}

// Unwrap returns the extension's own error.
func (e *Error) Unwrap() error { return e.Err }

// parse reads an element; a malformed one has no name.
func parse(element string) wire.Extension {
	list, _ := wire.ParseExtensions(nil, []byte(element))
	if len(list) == 0 {
		return wire.Extension{}
	}
	return list[0]
}

func named(elements []string, name string) bool {
	for _, e := range elements {
		if string(parse(e).Name) == name {
			return true
		}
	}
	return false
}

func element(name, params string) string {
	if params == "" {
		return name
	}
	return name + ";" + params
}
