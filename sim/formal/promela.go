package formal

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"strings"
	"text/template"

	"example.com/khp/fsm"
	"example.com/khp/sim/export"
	"example.com/khp/sim/model"
)

//go:embed promela/*.pml
var promelaFiles embed.FS

// Promela writes the pair as a Promela model for the model checker Spin: both machines row by row,
// the network between them, hosts that may act as honest ones do, and the properties that must
// hold. Its states are those of the model Honest in package sim, one by one. Only [Pair] can be
// written.
func Promela(w io.Writer, m export.Machine) error {
	if m != export.Pair {
		return fmt.Errorf("cannot write the %s alone as a model: it needs somebody to talk to; "+
			"write the pair", m)
	}
	data := newModel()
	data.Heeded = data.heeded(promelaWords)
	files := template.Must(template.New("").Funcs(template.FuncMap{
		"join": func(list []string, sep string) string { return strings.Join(list, sep) },
	}).ParseFS(promelaFiles, "promela/*.pml"))
	var b bytes.Buffer
	for _, name := range []string{"1_bounds.pml", "2_state.pml", "3_client_orders.pml",
		"4_server_orders.pml"} {
		if err := files.ExecuteTemplate(&b, name, data); err != nil {
			return err
		}
	}
	b.WriteString("\n/* How a state is written out, with spin -DRECORD. */\n" + data.recorder())
	for _, side := range []model.Side{model.Client, model.Server} {
		b.WriteString(promelaMachine(side))
	}
	b.WriteString(responseColumns())
	for _, name := range []string{"6_network.pml", "7_processes.pml"} {
		if err := files.ExecuteTemplate(&b, name, data); err != nil {
			return err
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// promelaMachine writes the rows of a machine, one inline for each phase.
func promelaMachine(side model.Side) string {
	var b strings.Builder
	cells, faults, p := cellsOf(side), Faults(), prefix(side)
	fmt.Fprintf(&b, "\n/* The table of the %s. */\n", side)
	if side == model.Client {
		b.WriteString("\ninline c_new_connection() {\n\t")
		for _, mark := range marksOf(model.Client) {
			if mark != "c_proxy_tried" {
				b.WriteString(mark + " = 0; ")
			}
		}
		b.WriteString("c_interim = 0; c_replays = 0; c_plan = 0; c_failure = 0; c_status = 0\n}\n")
	}
	for _, phase := range phasesOf(side) {
		fmt.Fprintf(&b, "\n/* %s. */\ninline %s() {\n\tif\n",
			strings.TrimSuffix(phase.Awaits, "."), phaseInline(side, phase.Name))
		var ignored []string
		for _, c := range cells {
			if c.phase != phase.Name {
				continue
			}
			if c.alone(fsm.Ignored) {
				ignored = append(ignored, "ev == "+ident(c.column))
			} else if !c.alone(fsm.Misuse) {
				b.WriteString(promelaCell(side, c, faults))
			}
		}
		if len(ignored) > 0 {
			fmt.Fprintf(&b, "\t:: %s -> skip /* ignored */\n", strings.Join(ignored, " || "))
		}
		b.WriteString("\t:: else -> must(TOTAL, false) /* misuse */\n\tfi\n}\n")
	}
	fmt.Fprintf(&b, "\ninline %s_step() {\n\tif\n", side)
	for _, phase := range phasesOf(side) {
		fmt.Fprintf(&b, "\t:: %s_phase == %s -> %s()\n",
			p, phaseName(side, phase.Name), phaseInline(side, phase.Name))
	}
	b.WriteString("\tfi\n}\n")
	return b.String()
}

// alone reports whether the cell has one row, with that verdict and no guard.
func (c cell) alone(v fsm.Verdict) bool { return len(c.rows) == 1 && c.rows[0].Verdict == v }

// promelaCell writes the rows of a cell, and their versions with a seeded fault.
func promelaCell(side model.Side, c cell, faults []model.Fault) string {
	var b strings.Builder
	word := "#if"
	for _, f := range faults {
		if changed, ok := c.with(f, side); ok {
			fmt.Fprintf(&b, "%s defined(FAULT_%s) /* %s: %s */\n%s",
				word, f.Switch(), f.Catches, f.Text, promelaRows(side, changed))
			word = "#elif"
		}
	}
	rows := promelaRows(side, c)
	if b.Len() == 0 {
		return rows
	}
	return b.String() + "#else\n" + rows + "#endif\n"
}

func promelaRows(side model.Side, c cell) string {
	var b strings.Builder
	for i, r := range c.rows {
		when := append([]string{"ev == " + ident(c.column)}, promelaWords.guard(side, c.when[i])...)
		body, note := "skip", "ignored"
		switch r.Verdict {
		case fsm.Misuse:
			body, note = "must(TOTAL, false)", "misuse"
		case fsm.Accepted:
			body, note = promelaBody(side, r), r.ID+" "+strings.TrimSpace(r.Reqs)
		}
		fmt.Fprintf(&b, "\t:: %s -> /* %s */\n\t\t%s\n", strings.Join(when, " && "), note, body)
	}
	return b.String()
}

// promelaBody writes the changes and orders of a row.
func promelaBody(side model.Side, r fsm.Row) string {
	var parts []string
	p := prefix(side) + "_"
	add := func(yes bool, format string, args ...any) {
		if yes {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	c := r.Changes
	add(c.NewConnection, "c_new_connection()")
	add(r.To != r.From, "%sphase = %s", p, phaseName(side, r.To))
	for _, mark := range c.Clear {
		add(true, "%s = 0", ident(p+mark))
	}
	for _, mark := range c.Set {
		add(true, "%s = 1", ident(p+mark))
	}
	add(c.Interim, "%sinterim++", p)
	add(c.Replay, "%sreplays++", p)
	add(c.Redirect, "%sredirects++", p)
	add(r.Plan != 0 && side == model.Client, "%splan = %s", p, upper(r.Plan.String()))
	add(r.Failure != 0, "%sfailure = %s", p, upper(r.Failure.String()))
	add(c.FailureOfEvent, "%sfailure = (failure -> failure : FAILURE_MALFORMED)", p)
	add(c.StatusOfEvent, "%sstatus = status", p)
	add(c.Status != 0, "%sstatus = %d", p, c.Status)
	for _, e := range r.Effects {
		parts = append(parts, p+snake(strings.TrimPrefix(e.Kind.String(), "Effect"))+"("+
			promelaArgument(e)+")")
	}
	if len(parts) == 0 {
		return "skip"
	}
	return "d_step { " + strings.Join(parts, "; ") + " }"
}

// promelaArgument is the argument of an effect.
func promelaArgument(e fsm.Effect) string {
	switch {
	case e.Timer != 0:
		return "T_" + strings.TrimPrefix(e.Timer.String(), "Timer")
	case (e.Kind == fsm.EffectSendResponse || e.Kind == fsm.EffectRefuseOpening) && e.Code == 0:
		return "s_status"
	case e.Kind == fsm.EffectSendResponse, e.Kind == fsm.EffectRefuseOpening,
		e.Kind == fsm.EffectSendClose:
		return fmt.Sprint(e.Code)
	}
	return ""
}

// responseColumns writes which event a status is for the client.
func responseColumns() string {
	var b strings.Builder
	b.WriteString("\n/* The event that a response with this status is. */\n" +
		"inline response_of(its_status) {\n\tif\n")
	columns := statusesOf(model.Client, fsm.EventResponse)
	for _, c := range columns {
		if c.column != closeColumn {
			fmt.Fprintf(&b, "\t:: %s -> ev = %s\n", oneOf("its_status", c.codes), ident(c.column))
		}
	}
	fmt.Fprintf(&b, "\t:: else -> ev = %s\n\tfi\n}\n\n#define is_response (", ident(closeColumn))
	for i, c := range columns {
		if i > 0 {
			b.WriteString(" || ")
		}
		b.WriteString("ev == " + ident(c.column))
	}
	b.WriteString(")\n")
	return b.String()
}
