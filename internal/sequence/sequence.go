// Package sequence draws a conversation between a client and a server: as text for terminals, as a
// diagram of Mermaid, and as SVG.
package sequence

// Side is one end of the conversation.
type Side uint8

// Sides.
const (
	Client Side = iota + 1
	Server
)

// String returns "client" or "server".
func (s Side) String() string {
	if s == Server {
		return "server"
	}
	return "client"
}

// Kind is the kind of a step.
type Kind uint8

// Kinds.
const (
	Connection Kind = iota + 1 // a new connection: Text names the server, Note the URL
	HTTP                       // From sends HTTP outside of a WebSocket
	Message                    // From sends a message
	Control                    // From sends a Close, Ping or Pong frame
	End                        // From ends the connection below
	Local                      // something happens at From
	Turn                       // something happens to the whole connection
	Remark                     // a sentence about the conversation
)

// Step is one step of a conversation. Its strings may hold any words of a peer.
type Step struct {
	Kind   Kind
	From   Side
	Number string   // of the step, or where it was recorded; may be empty
	Text   string   // in the arrow, or of the event
	More   []string // lines below Text
	Note   string   // beside it
	Bad    bool     // the mistake is in this line
	Good   bool     // a Turn for the better
}
