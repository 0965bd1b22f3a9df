package export

// outcome is the state of the connection in a phase, or after an edge.
type outcome uint8

const (
	waiting outcome = iota
	opened
	failing
	redirect
)

// outcomes are drawn by colour, by a mark in front of the text, and by the kind of line. The dark
// colours are for dark surroundings.
var outcomes = [...]struct{ name, mark, fill, line, darkFill, darkLine, dash, mermaid, dot string }{
	waiting:  {"waiting", "", "#f6f8fa", "#57606a", "#21262d", "#9da7b3", "", "-->", "solid"},
	opened:   {"open", "✓ ", "#dafbe1", "#1a7f37", "#12321c", "#3fb950", "", "==>", "bold"},
	failing:  {"failing", "✕ ", "#ffebe9", "#cf222e", "#3c1618", "#f85149", "7 4", "-.->", "dashed"},
	redirect: {"redirect", "↻ ", "#ddf4ff", "#0969da", "#0c2d4f", "#58a6ff", "2 3", "-->", "dotted"},
}

// Groups of phases, in the order in which a connection passes them.
var groups = [...]string{"opening handshake", "kaazing profile", "extended handshake",
	"open", "ending"}

const (
	inOpening = iota
	inKaazing
	inExtended
	inOpen
	inEnding
	anywhere
)

// place says where a phase stands and how it is described.
type place struct {
	phase    string
	group    int
	outcome  outcome
	row, col int
	awaits   string // in the box: the awaited event
}

// The nodes that are no phases: many edges go through them.
const (
	nodeFailing = "failing"
	nodeAsked   = "asked to close"
)

// places has every phase; a test looks for those that are missing. The grid has as many rows as it
// needs and few columns, so that a picture fits a page.
var places = [...][]place{
	Client: {
		{"Idle", inOpening, waiting, 0, 0, "for a wish to connect"},
		{"Connecting", inOpening, waiting, 0, 1, "for TCP and TLS"},
		{"AwaitLogin", inOpening, waiting, 0, 2, "for credentials for the opening"},
		{"Opening", inOpening, waiting, 1, 1, "for the answer to the opening"},
		{"AwaitProceed", inKaazing, waiting, 2, 0, "for the first N"},
		{"AwaitResponse", inExtended, waiting, 2, 1, "for the start of a response"},
		{"AwaitCredentials", inExtended, waiting, 2, 2, "for credentials, after 401"},
		{"AwaitConfirm", inKaazing, waiting, 3, 0, "for the second N"},
		{"Reading", inExtended, waiting, 3, 1, "for the end of the response"},
		{"SendingBody", inExtended, waiting, 3, 2, "for the body to be written"},
		{"Open", inOpen, opened, 4, 1, "for messages of either side"},
		{"Plain", inOpen, opened, 4, 2, "for messages, without KHP"},
		{nodeAsked, inEnding, waiting, 5, 0, ""},
		{"Closing", inEnding, waiting, 5, 1, "for the peer's Close, after ours"},
		{nodeFailing, inEnding, failing, 5, 2, ""},
		{"Redirecting", inEnding, redirect, 6, 0, "for the host to go on"},
		{"Draining", inEnding, waiting, 6, 1, "for the end of TCP"},
		{"Failed", inEnding, failing, 6, 2, "terminal: failed"},
		{"Done", inEnding, waiting, 7, 1, "terminal: ended as asked"},
	},
	Server: {
		{"Opening", inOpening, waiting, 0, 1, "for the opening request"},
		{"AwaitRequest", inExtended, waiting, 1, 1, "for the extended request"},
		{"AwaitBody", inExtended, waiting, 1, 2, "for the body, after 100"},
		{"AwaitReplay", inExtended, waiting, 2, 0, "for the replay, after 401"},
		{"Deciding", inExtended, waiting, 2, 1, "for the application's decision"},
		{"Pending", inExtended, waiting, 2, 2, "for the decision, after 202"},
		{"Plain", inOpen, opened, 3, 0, "for messages, without KHP"},
		{"Open", inOpen, opened, 3, 1, "for messages of either side"},
		{nodeAsked, inEnding, waiting, 4, 0, ""},
		{"Closing", inEnding, waiting, 4, 1, "for the client's Close, after ours"},
		{nodeFailing, inEnding, failing, 4, 2, ""},
		{"Done", inEnding, waiting, 5, 1, "terminal"},
	},
}

// Phase is a phase of a machine for documents.
type Phase struct{ Name, Group, Awaits string }

// Phases returns the phases of the client or the server, group by group.
func Phases(m Machine) []Phase {
	if m != Client && m != Server {
		return nil
	}
	var list []Phase
	for i, name := range groups {
		for _, p := range places[m] {
			if p.group == i && p.phase != nodeFailing && p.phase != nodeAsked {
				list = append(list, Phase{p.phase, name, p.awaits})
			}
		}
	}
	return list
}
