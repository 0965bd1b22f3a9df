package fsm

import "strings"

// cell is what a phase does with one input: rows in the order in which they are tried. The last row
// has no guard, so one is always taken.
type cell []row

// cells are the cells of one phase that do something, by input.
type cells[I ~uint8] map[I]cell

// phase is one block of a transition table.
type phase[I ~uint8] struct {
	on      cells[I]
	ignored []I // inputs without consequence here: they come late, or there is nothing to do; a cell in on comes first
}

// with returns the cells of c and of more; where both have one, that of more.
func (c cells[I]) with(more cells[I]) cells[I] {
	all := make(cells[I], len(c)+len(more))
	for in, rows := range c {
		all[in] = rows
	}
	for in, rows := range more {
		all[in] = rows
	}
	return all
}

// fill writes the cells of a phase into its line of the table: what is neither in a cell nor
// ignored is the embedder's misuse. Cells are copied, since several phases may share one, and each
// row gets its id: the phase, the input and what happens.
func (p phase[I]) fill(line []cell, name string, input func(I) string) {
	for in := I(1); int(in) < len(line); in++ {
		line[in] = misuse
	}
	for _, in := range p.ignored {
		line[in] = ignore
	}
	for in, rows := range p.on {
		line[in] = append(cell(nil), rows...)
		for i := range rows {
			if r := &line[in][i]; r.verdict == Accepted {
				r.id = kebab(bare(name)) + "/" + input(in) + "/" + r.id
			}
		}
	}
}

// kebab turns a Go name such as AwaitResponse into await-response.
func kebab(name string) string {
	var b strings.Builder
	for i, c := range name {
		lower := i == 0 || name[i-1] < 'A' || name[i-1] > 'Z'
		if c >= 'A' && c <= 'Z' && i > 0 && lower {
			b.WriteByte('-')
		}
		b.WriteRune(c)
	}
	return strings.ToLower(b.String())
}

// wordOf turns FailureMissingTerminator into missing-terminator, which is what the ids of rows say
// of a failure.
func wordOf(f Failure) string { return kebab(strings.TrimPrefix(f.String(), "Failure")) }

// recordStatus has every edge of c record the status of its event.
func (c cell) recordStatus() {
	for i := range c {
		if c[i].verdict == Accepted {
			c[i].op |= opStatus
		}
	}
}

// join puts cells one after the other.
func join(parts ...cell) (all cell) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}
