package endpoint

//go:generate go tool -modfile=../internal/tools/go.mod stringer -output strings_gen.go -type=OutputKind,RedirectPolicy

import "example.com/khp/wire"

// Output is one order to the host. A call returns all of its outputs; the host carries them out in
// order. Data and URL are valid until the next call on the same endpoint, unless it is the caller's
// own slice handed back.
type Output struct {
	Kind OutputKind
	Type wire.MessageType // SendMessage, Deliver
	Code uint16           // SendClose: the close code; 0 for an empty Close frame
	Data []byte           // SendBytes, SendMessage, SendPong, Deliver
	Text string           // SendClose: the reason
	URL  *wire.URL        // Dial
	Err  error            // Fail: a *HandshakeError
}

// message makes o send a binary message.
func (o *Output) message(p []byte) { o.Kind, o.Type, o.Data = SendMessage, wire.Binary, p }

// OutputKind is the kind of an order.
type OutputKind uint8

// Outputs. The client's own and the server's own are marked.
const (
	_              OutputKind = iota
	Dial                      // client: connect to URL by TCP, with TLS if it is secure, then call Connected or ConnectFailed
	SendBytes                 // write Data to the connection as it is: part of the opening handshake
	SendMessage               // send Data as one message of Type, in one frame
	SendPong                  // answer the Ping
	SendClose                 // send a Close frame; no data frame after it
	Disconnect                // drop the connection, if there is one
	AskCredentials            // client: get credentials for Client.Challenges, then call Credentials or NoCredentials
	AskDecision               // server: decide on Server.Request, then call Decide
	Open                      // the connection is open; see Result
	Deliver                   // a message for the application
	StopBody                  // client: stop sending the body, if that is still going on
	Closed                    // the last output: it is over, as the application asked or after open
	Fail                      // the last output: the handshake failed
)

// HeaderField is a field for a head that the endpoint writes.
type HeaderField struct{ Name, Value string }

// Result is the outcome of a completed handshake.
type Result struct {
	Plain       bool     // KHP was not selected: a plain WebSocket
	Status      int      // of the completing response; 101 for a plain WebSocket
	Subprotocol string   // application subprotocol, "" if none
	Extensions  []string // elements of the extended handshake with their parameters, as the response listed them
	Header      []HeaderField
	Body        []byte // of a 201
}
