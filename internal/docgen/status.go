package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
)

// actionWords say what a client does with a status code.
var actionWords = [...]string{
	codes.ActionComplete:       "takes the handshake as completed: the connection is open",
	codes.ActionContinue:       "sends the body it held back, waits for a further response",
	codes.ActionWait:           "waits for a further response, up to a maximum",
	codes.ActionReplay:         "sends the request again with credentials",
	codes.ActionClose:          "closes and reports; nothing follows",
	codes.ActionRedirect:       "closes, then connects to Location",
	codes.ActionRedirectIfGet:  "closes, then connects to Location if the request was a GET",
	codes.ActionRedirectChoice: "closes, then connects to Location or to one of the offered URLs",
	codes.ActionProxyAuth:      "closes, then may log in at its configured proxy",
	codes.ActionUpgrade:        "closes, then may connect with TLS",
}

// dutyWords say what a server owes beside fields.
var dutyWords = []struct {
	duty codes.Duties
	text string
}{
	{codes.NoBody, "no body"},
	{codes.NoStore, "adds `Cache-Control: no-store`"},
	{codes.NeverSend, "an application cannot decide for it"},
}

// The three groups of actions.
const (
	completing  = "completing"
	continuing  = "continuing"
	terminating = "terminating"
)

func groupOf(a codes.Action) string {
	switch {
	case a == codes.ActionComplete:
		return completing
	case a.Terminates():
		return terminating
	}
	return continuing
}

func statusPage() string {
	var b bytes.Buffer
	members := map[string][]string{}
	listed := 0
	for r := range fsm.Statuses() {
		listed++
		group := groupOf(r.Action)
		members[group] = append(members[group], fmt.Sprint(r.Code))
	}
	line(&b, statusText,
		completing, strings.Join(members[completing], ", "), continuing,
		strings.Join(members[continuing], ", "), terminating, len(members[terminating]))
	for r := range fsm.Statuses() {
		line(&b, "| <a id=\"%d\"></a>%d | %s | %s | %s | %s | %s | %s | %s |",
			r.Code, r.Code, r.Reason, groupOf(r.Action), actionWords[r.Action],
			strings.ToUpper(r.Strength.String()), strings.Join(r.Duties.Fields(), ", "), duties(r.Duties),
			r.Reqs)
	}
	line(&b, "\n%d codes.\n\n## Codes that are not listed\n\n"+
		"What their class means elsewhere does not count.\n", listed)
	line(&b, "| codes | reason in reports | group | the client | strength | the server | "+
		"requirements |\n|---|---|---|---|---|---|---|")
	for _, c := range classes() {
		r := c.rule
		line(&b, "| %s | %s | %s | %s | %s | %s | %s |",
			c.name(), strings.Trim(r.Reason, "()"), groupOf(r.Action), actionWords[r.Action],
			strings.ToUpper(r.Strength.String()), duties(r.Duties), r.Reqs)
	}
	return b.String()
}

// duties lists the obligations of a server beside fields.
func duties(d codes.Duties) string {
	var parts []string
	for _, w := range dutyWords {
		if d&w.duty != 0 {
			parts = append(parts, w.text)
		}
	}
	return strings.Join(parts, "; ")
}

// class is unlisted codes that are treated alike.
type class struct {
	rule        codes.Rule
	first, last int
}

// name is the range of a class, in hundreds.
func (c class) name() string {
	if c.first < 100 {
		return "below 100, above 999"
	}
	return fmt.Sprintf("%d-%d", c.first/100*100, c.last/100*100+99)
}

// classes looks at all codes that are not listed, and a little beyond.
func classes() []class {
	var list []class
	for code := range 1010 {
		r := fsm.Status(code)
		if r.Listed {
			continue
		}
		r.Code = 0
		known := false
		for i := range list {
			if list[i].rule == r {
				list[i].last, known = code, true
			}
		}
		if !known {
			list = append(list, class{r, code, code})
		}
	}
	return append(list[1:], list[0]) // the rule for other numbers comes last
}

//go:embed text/status.md
var statusText string
