package replay

import (
	"time"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// Side is the client, the server, or neither.
type Side uint8

// Sides.
const (
	Nobody Side = iota
	Client
	Server
)

// String returns "client", "server" or "nobody".
func (s Side) String() string {
	switch s {
	case Client:
		return "client"
	case Server:
		return "server"
	case Nobody:
	}
	return "nobody"
}

// Other returns the other side.
func (s Side) Other() Side { return Client + Server - s }

// Session is one connection as it was recorded.
type Session struct {
	Conn     uint64 // number of the connection in its recording, from 1
	Name     string // whose it is: addresses, or the URL
	Recorder Side   // the recording side; Nobody for a capture between the two
	Unit     string // of Step.At: "line" or "packet"
	Late     bool   // the beginning is missing
	Over     bool   // the recording goes to the end of the connection
	TLS      bool   // it is encrypted: there is nothing to see
	Foreign  bool   // it is not HTTP
	// Missing is why there are no more steps although the connection went on, such as lost packets;
	// "" for complete ones.
	Missing string
	Note    string // a further note about the recording, such as a limit that was reached

	ClientConfig *fsm.ClientConfig // of the client's machine, if it is known
	ServerConfig *fsm.ServerConfig // of the server's, likewise

	Steps []Step
}

// Step is one thing that was seen.
type Step struct {
	At      int // line or packet
	Time    time.Time
	From    Side
	Kind    StepKind
	Type    wire.MessageType // Message
	Data    []byte           // Opening, Message
	Code    uint16           // Close, 0 for none; Broken: the close code that fits
	Text    string           // Close: reason; Ended, Broken: in words
	Reset   bool             // Ended: not in good order
	Failure fsm.Failure      // Failed
	Reqs    string           // Broken: the requirements that are broken, blank-separated
}

// StepKind is the kind of a step.
type StepKind uint8

// Kinds of steps. The last four are claims of a recorder about itself.
const (
	_        StepKind = iota
	Opening           // the opening request, or its answer
	Message           // a data message, with fragments joined
	Ping              // a Ping frame
	Pong              // a Pong frame
	Close             // a Close frame
	Ended             // From ended the connection
	Broken            // From broke the rules of frames
	Opened            // From holds the connection for open
	Failed            // From has failed, with Failure
	GaveUp            // From has given up or ended as its application asked
	Followed          // From, a client, goes on to another connection
)
