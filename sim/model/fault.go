package model

import "example.com/khp/fsm"

// Fault is a mistake put into a machine on purpose, to see that exploration finds it. The tables stay as they are: the faulty machine is told something else than what
// happened, or runs with another configuration than the one it was given.
type Fault struct {
	Name    string // for the command line
	Text    string // what the machine does wrong
	Catches string // the property that must be violated first
	Side    Side

	client func(fsm.ClientConfig, fsm.ClientState, fsm.Event) (fsm.ClientConfig, fsm.Event)
	server func(fsm.ServerConfig, fsm.ServerState, fsm.Event) (fsm.ServerConfig, fsm.Event)
}

// ignored is an event that a client makes nothing of once it is open or closing.
var ignored = fsm.Event{Kind: fsm.EventTimerExpired, Timer: fsm.TimerOpening}

// clientBelieves is a fault of a client that takes facts for given when an event of a kind arrives.
func clientBelieves(name, text, catches string, kind fsm.EventKind, facts fsm.Facts) Fault {
	return Fault{Name: name, Text: text, Catches: catches, Side: Client, client: func(cfg fsm.ClientConfig, _ fsm.ClientState, ev fsm.Event) (fsm.ClientConfig, fsm.Event) {
		if ev.Kind == kind {
			ev.Facts |= facts
		}
		return cfg, ev
	}}
}

// serverBelieves is the same for a server.
func serverBelieves(name, text, catches string, kind fsm.EventKind, facts fsm.Facts) Fault {
	return Fault{Name: name, Text: text, Catches: catches, Side: Server, server: func(cfg fsm.ServerConfig, _ fsm.ServerState, ev fsm.Event) (fsm.ServerConfig, fsm.Event) {
		if ev.Kind == kind {
			ev.Facts |= facts
		}
		return cfg, ev
	}}
}

// Faults returns all faults, in the order in which they are named to the user.
func Faults() []Fault {
	return []Fault{
		clientBelieves("skip-terminator", "the client takes a response without its terminator for a complete one", "INV-01", fsm.EventResponse, fsm.FactTerminated),
		clientBelieves("request-without-khp", "the client sends its extended request although KHP was not selected", "INV-06", fsm.EventOpened, fsm.FactKHP),
		clientBelieves("replay-old-credentials", "the client replays with the credentials that were refused", "INV-19", fsm.EventCredentialsSupplied, fsm.FactNewCredentials),
		{
			Name: "replay-without-limit", Text: "the client replays once more than it is allowed to", Catches: "INV-20", Side: Client,
			client: func(cfg fsm.ClientConfig, _ fsm.ClientState, ev fsm.Event) (fsm.ClientConfig, fsm.Event) {
				cfg.MaxReplays++
				return cfg, ev
			},
		},
		{
			Name: "redirect-without-limit", Text: "the client follows once more than it is allowed to", Catches: "INV-21", Side: Client,
			client: func(cfg fsm.ClientConfig, _ fsm.ClientState, ev fsm.Event) (fsm.ClientConfig, fsm.Event) {
				cfg.MaxRedirects++
				return cfg, ev
			},
		},
		{
			Name: "lost-timer", Text: "the client misses that its close timer ran out, and waits for ever", Catches: "LIV-06", Side: Client,
			client: func(cfg fsm.ClientConfig, s fsm.ClientState, ev fsm.Event) (fsm.ClientConfig, fsm.Event) {
				if ev.Kind == fsm.EventTimerExpired && ev.Timer == fsm.TimerClose {
					return cfg, ignored
				}
				return cfg, ev
			},
		},
		serverBelieves("accept-anything", "the server accepts with an extension or subprotocol that was not requested", "INV-08", fsm.EventDecided, fsm.FactSelectionValid),
		serverBelieves("challenge-without-field", "the server sends 401 without WWW-Authenticate", "INV-45", fsm.EventDecided, fsm.FactChallenge),
	}
}

// FaultNamed returns the fault called name.
func FaultNamed(name string) (Fault, bool) {
	for _, f := range Faults() {
		if f.Name == name {
			return f, true
		}
	}
	return Fault{}, false
}

// stepClient is the step of the client, wrong as f says.
func (f *Fault) stepClient(cfg fsm.ClientConfig, s fsm.ClientState, ev fsm.Event) (fsm.ClientState, fsm.Effects, fsm.Verdict) {
	if f.client != nil {
		cfg, ev = f.client(cfg, s, ev)
	}
	return cfg.Step(s, ev)
}

// stepServer is the step of the server, wrong as f says.
func (f *Fault) stepServer(cfg fsm.ServerConfig, s fsm.ServerState, ev fsm.Event) (fsm.ServerState, fsm.Effects, fsm.Verdict) {
	if f.server != nil {
		cfg, ev = f.server(cfg, s, ev)
	}
	return cfg.Step(s, ev)
}
