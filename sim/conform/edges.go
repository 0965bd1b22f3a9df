package conform

import (
	"slices"
	"strings"

	"example.com/khp/fsm"
)

// Edges says how much of a machine the tour goes along.
type Edges struct {
	Walked     int // by the cases that were asked about
	Observable int // from outside, in the profile
	All        int // of the machine
}

// Coverage counts the edges of a role, server or client, that cases with these ids go along.
func Coverage(role, profile string, ids []string) Edges {
	_, _, edges := tour()
	var e Edges
	walked := map[int]bool{}
	for _, id := range ids {
		for _, n := range edges[role+" "+profile+" "+id] {
			walked[n] = true
		}
	}
	for _, r := range edgeRows(role) {
		e.All++
		if hidden(role, profile, r) == "" {
			e.Observable++
			if walked[r.Index] {
				e.Walked++
			}
		}
	}
	return e
}

func edgeRows(role string) []fsm.Row {
	if role == "server" {
		return edgesOf(fsm.ServerRows())
	}
	return edgesOf(fsm.ClientRows())
}

// hidden says why an edge cannot be seen, or brought about, from outside, "" if it can.
func hidden(role, profile string, r fsm.Row) string {
	for _, h := range hiddenEdges {
		if (h.role == "" || h.role == role) && (h.profile == "" || h.profile == profile) && h.holds(r) {
			return h.why
		}
	}
	return ""
}

// hiddenEdges are the reasons. The first that holds counts.
var hiddenEdges = []struct {
	why, role, profile string
	holds              func(fsm.Row) bool
}{
	{"it takes nothing but time", "", "", on("TimerExpired")},
	{"there is no connection left on which something can be seen", "", "", func(r fsm.Row) bool {
		return on("ConnectionLost")(r) && !strings.HasSuffix(r.ID, "/follow")
	}},
	{"it is the application's own doing", "", "", on("SendRequested", "CloseRequested",
		"ApplicationFailed", "CredentialsDeclined", "ConnectFailed", "BodyWritten")},
	{"nothing is read behind Close", "", "", func(r fsm.Row) bool {
		return r.From == "Closing" && on("PingReceived")(r) || r.From == "Draining" && on("Violation")(r)
	}},
	{"it depends on the configuration of the peer", "", "", either(when("auto", "unchecked",
		"plain fallback", "nothing received yet", "target refused", "upgrade to TLS", "upgrade on",
		"proxy challenge"), unless("redirects on", "GET", "may wait", "terminator required"),
		ids("opening/opening-request/not-selected", "connecting/connected/send-opening-plain",
			"idle/connect/url", "redirecting/connect/url")),
	},
	{"it depends on the configuration of the peer", "client", "", from("Plain")},
	{"it depends on the bounds of the peer", "", "", func(r fsm.Row) bool {
		return slices.ContainsFunc([]string{"/too-many-redirects", "/auth-limit", "/interim-limit",
			"/credentials-refused"}, func(s string) bool { return strings.HasSuffix(r.ID, s) })
	}},
	{"a response decided without its terminator is one of a client that does not need it", "client",
		"", when("late terminator possible")},
	{"it needs a request with a body", "client", "",
		either(when("body cut short", "body sent", "Expect sent"), from("SendingBody"))},
	{"the client has its credentials at hand", "client", "",
		func(r fsm.Row) bool { return r.From == "AwaitCredentials" && !on("CredentialsSupplied")(r) }},
	{"it needs an extension that the opening handshake grants", "server", "",
		when("extension of the opening again")},
	{"what is no request is a bad request", "server", "", func(r fsm.Row) bool {
		return (r.From == "AwaitRequest" || r.From == "AwaitReplay") && on("DataReceived")(r)
	}},
	{"what comes in the place of a terminator is a violation", "client", "", func(r fsm.Row) bool {
		return on("Response")(r) && strings.HasSuffix(r.ID, "/missing-terminator")
	}},
	{"the application decides at once", "server", "", func(r fsm.Row) bool {
		return (r.From == "Deciding" || r.From == "Pending") && !on("Decided")(r)
	}},
	{"the application answers 202 once, and then accepts", "server", "", func(r fsm.Row) bool {
		return r.From == "Pending" && !strings.HasPrefix(r.ID, "pending/accept/open")
	}},
	{"the server's application closes no open connection by itself", "server", "spec",
		func(r fsm.Row) bool { return r.From == "Closing" && when("was open")(r) }},
	{"it belongs to the other profile", "",
		"spec", either(when("kaazing", "N received", ".kl=Y asked"),
			on("ProceedReceived", "RerouteReceived"), from("AwaitProceed"), from("AwaitConfirm"),
			ids("opening/opened/await-proceed"))},
	{"it belongs to the other profile", "", "kaazing", either(unless("kaazing", "N received"),
		ids("opening/opening-request/await-request", "deciding/accept/open", "pending/accept/open",
			"reading/complete/open"))},
}

// on holds for edges of these events.
func on(events ...string) func(fsm.Row) bool {
	return func(r fsm.Row) bool {
		event, _, _ := strings.Cut(r.Event, "(")
		return slices.Contains(events, event)
	}
}

// when holds for edges on one of these conditions; unless, for those on one that must not hold.
func when(names ...string) func(fsm.Row) bool   { return conditional(false, names) }
func unless(names ...string) func(fsm.Row) bool { return conditional(true, names) }

func conditional(not bool, names []string) func(fsm.Row) bool {
	return func(r fsm.Row) bool {
		return slices.ContainsFunc(r.When,
			func(c fsm.Condition) bool { return c.Not == not && slices.Contains(names, c.Name) })
	}
}

func ids(list ...string) func(fsm.Row) bool {
	return func(r fsm.Row) bool { return slices.Contains(list, r.ID) }
}

func from(phase string) func(fsm.Row) bool {
	return func(r fsm.Row) bool { return r.From == phase }
}

func either(list ...func(fsm.Row) bool) func(fsm.Row) bool {
	return func(r fsm.Row) bool {
		return slices.ContainsFunc(list, func(f func(fsm.Row) bool) bool { return f(r) })
	}
}
