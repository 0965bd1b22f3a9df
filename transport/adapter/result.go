package adapter

import (
	"net/http"

	"example.com/khp/transport"
)

// Result is the outcome of a completed handshake.
type Result struct {
	// Status code of the response that completed it: mostly 101, else 201, 204 or 205.
	Status int
	// Application subprotocol, "" if none; the library's own Subprotocol method says
	// x-kaazing-handshake.
	Subprotocol string
	Extensions  []string    // application-class extensions, as the response listed them
	Header      http.Header // client: fields of that response; server: of the opening request
	Body        []byte      // client: of a 201
	// Client: where the connection goes after all redirects; server: target of the opening request.
	URL string
	// Request is the request that the server accepted; nil on the client's side.
	Request *transport.Request
	// Client: no extended handshake took place, because the server did not select KHP and the
	// configuration allowed that.
	Plain bool
	// LateTerminator reports to a client with TerminatorOptional that the end of the response may
	// still come: if the first message is empty, skip it. It is false without TerminatorOptional.
	LateTerminator bool
}
