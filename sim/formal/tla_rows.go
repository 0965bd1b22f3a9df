package formal

import (
	"fmt"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/sim/model"
)

// tlaMachine writes the rows of a machine, one action each, and their disjunction.
func tlaMachine(side model.Side) string {
	var b strings.Builder
	name := strings.ToUpper(side.String()[:1]) + side.String()[1:]
	fmt.Fprintf(&b,
		"\n-----------------------------------------------------------------------------\n\\* The "+
			"table of the %s.\n", side)
	faults := Faults()
	var actions []string
	add := func(action, text string) {
		actions = append(actions, action)
		b.WriteString("\n" + action + " ==" + text)
	}
	var phase string
	idle := map[fsm.Verdict][]string{}
	flush := func() {
		for _, v := range []fsm.Verdict{fsm.Ignored, fsm.Misuse} {
			if events := idle[v]; len(events) > 0 {
				what := map[fsm.Verdict]string{fsm.Ignored: "ignores", fsm.Misuse: "refuses"}[v]
				add(fmt.Sprintf("%s_%s_%s", name, phase, what),
					tlaIdle(side, phase, `ev.on \in {`+strings.Join(events, ", ")+"}", nil, v))
			}
		}
		idle = map[fsm.Verdict][]string{}
	}
	for _, c := range cellsOf(side) {
		if c.phase != phase {
			flush()
			phase = c.phase
		}
		if c.alone(fsm.Ignored) || c.alone(fsm.Misuse) {
			idle[c.rows[0].Verdict] = append(idle[c.rows[0].Verdict], quoted(c.column))
			continue
		}
		tlaCell(side, c, faults, add)
	}
	flush()
	fmt.Fprintf(&b, "\n%sRows ==\n", name)
	for _, a := range actions {
		b.WriteString("  \\/ " + a + "\n")
	}
	return b.String()
}

// tlaCell writes the rows of a cell, and those that stand in their place with a seeded fault.
func tlaCell(side model.Side, c cell, faults []model.Fault, add func(action, text string)) {
	var switches []string
	for _, f := range faults {
		if changed, ok := c.with(f, side); ok {
			switches = append(switches, quoted(f.Switch()))
			tlaRows(side, changed, "_"+f.Switch(), "FAULT = "+quoted(f.Switch())+` \* `+f.Catches+
				": "+f.Text, add)
		}
	}
	when := ""
	if len(switches) > 0 {
		when = `FAULT \notin {` + strings.Join(switches, ", ") + "}"
	}
	tlaRows(side, c, "", when, add)
}

func tlaRows(side model.Side, c cell, suffix, only string, add func(action, text string)) {
	for i, r := range c.rows {
		conditions := tlaWords.guard(side, c.when[i])
		if only != "" {
			conditions = append([]string{only}, conditions...)
		}
		if r.Verdict != fsm.Accepted {
			action := fmt.Sprintf("%s_%s_%d%s",
				upper(prefix(side)), ident(c.phase+"_"+c.column), c.first+i, suffix)
			add(action, tlaIdle(side, c.phase, "ev.on = "+quoted(c.column), conditions, r.Verdict))
			continue
		}
		add(fmt.Sprintf("%s_%s%s", upper(prefix(side)), ident(r.ID), suffix),
			tlaEdge(side, c, r, conditions))
	}
}

// tlaHead is when a row is taken.
func tlaHead(b *strings.Builder, side model.Side, phase, event string, conditions []string) {
	fmt.Fprintf(b, "  /\\ ev.side = %s /\\ ~ev.done\n  /\\ %s\n  /\\ %s\n",
		quoted(side.String()), tlaWords.phase(side, phase), event)
	for _, c := range conditions {
		fmt.Fprintf(b, "  /\\ %s\n", c)
	}
}

// tlaIdle writes a row that changes nothing.
func tlaIdle(side model.Side, phase, event string, conditions []string, v fsm.Verdict) string {
	var b strings.Builder
	b.WriteByte('\n')
	tlaHead(&b, side, phase, event, conditions)
	b.WriteString("  /\\ ev' = [ev EXCEPT !.done = TRUE]\n")
	if v == fsm.Misuse {
		b.WriteString("  /\\ broken' = Judge(<< <<FALSE, \"TOTAL\">> >>)\n  /\\ UNCHANGED <<c, s, ch, " +
			"sh, net, orders>>\n")
	} else {
		b.WriteString("  /\\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>\n")
	}
	return b.String()
}

// tlaEdge writes a row that moves the machine.
func tlaEdge(side model.Side, c cell, r fsm.Row, conditions []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, " \\* %s\n", strings.TrimSpace(r.Reqs))
	tlaHead(&b, side, c.phase, "ev.on = "+quoted(c.column), conditions)
	p, other := prefix(side), prefix(model.Server)
	if side == model.Server {
		other = prefix(model.Client)
	}
	if changes := tlaChanges(r, side); len(changes) > 0 {
		fmt.Fprintf(&b, "  /\\ %s' = [%s EXCEPT %s]\n", p, p, strings.Join(changes, ", "))
	} else {
		fmt.Fprintf(&b, "  /\\ %s' = %s\n", p, p)
	}
	var list []string
	for _, e := range r.Effects {
		kind := quoted(strings.TrimPrefix(e.Kind.String(), "Effect"))
		switch {
		case e.Timer != 0:
			list = append(list, fmt.Sprintf("Timed(%s, %s)",
				kind, quoted(strings.TrimPrefix(e.Timer.String(), "Timer"))))
		case e.Code != 0:
			list = append(list, fmt.Sprintf("Coded(%s, %d)", kind, e.Code))
		default:
			list = append(list, "Order("+kind+")")
		}
	}
	orders := "<< " + strings.Join(list, ", ") + " >>"
	if len(list) == 0 {
		orders = "<<>>"
	}
	fmt.Fprintf(&b, "  /\\ orders' = %s\n  /\\ ev' = [ev EXCEPT !.done = TRUE]\n  /\\ UNCHANGED "+
		"<<%s, ch, sh, net, broken>>\n", orders, other)
	return b.String()
}

// tlaChanges lists the changes of a row in the state of its machine.
func tlaChanges(r fsm.Row, side model.Side) (list []string) {
	add := func(yes bool, format string, args ...any) {
		if yes {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	c, fresh := r.Changes, r.Changes.NewConnection
	add(r.To != r.From, "!.phase = %s", quoted(r.To))
	marks := "@"
	if fresh {
		marks = `(@ \cap {"proxy tried"})`
	}
	if len(c.Clear) > 0 {
		marks = "(" + marks + ` \ ` + tlaSet(c.Clear) + ")"
	}
	if len(c.Set) > 0 {
		marks = "(" + marks + ` \cup ` + tlaSet(c.Set) + ")"
	}
	add(marks != "@", "!.marks = %s", marks)
	counter := func(name string, more, forget bool) {
		add(more && !forget, "!.%s = @ + 1", name)
		add(more && forget, "!.%s = 1", name)
		add(!more && forget, "!.%s = 0", name)
	}
	counter("interim", c.Interim, fresh)
	counter("replays", c.Replay, fresh)
	counter("redirects", c.Redirect, false)
	if side == model.Client {
		add(r.Plan != 0, "!.plan = %s", quoted(r.Plan.String()))
		add(r.Plan == 0 && fresh, `!.plan = "none"`)
	}
	switch {
	case c.FailureOfEvent:
		add(true, `!.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure`)
	case r.Failure != 0:
		add(true, "!.failure = %s", quoted(r.Failure.String()))
	default:
		add(fresh, `!.failure = "none"`)
	}
	switch {
	case c.StatusOfEvent:
		add(true, "!.status = ev.status")
	case c.Status != 0:
		add(true, "!.status = %d", c.Status)
	default:
		add(fresh, "!.status = 0")
	}
	return list
}

func tlaSet(names []string) string {
	var list []string
	for _, n := range names {
		list = append(list, quoted(n))
	}
	return "{" + strings.Join(list, ", ") + "}"
}
