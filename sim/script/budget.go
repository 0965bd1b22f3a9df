package script

import (
	"fmt"
	"strings"
)

// Bounds of what a scenario makes, whatever its repetitions multiply.
const (
	mostMade        = 256 << 20 // bytes of texts and steps, of all cases
	stepBytes       = 256       // of a step beside its text
	mostEventsInAll = 20_000_000
)

// spend counts what a line makes that is read so many times, before it is made. The error names the line.
func (r *runner) spend(l line, times int) error {
	cost := int64(stepBytes)
	for _, w := range l.words {
		text := int64(len(w.text)) + int64(strings.Count(w.text, "$"))*int64(r.long)
		cost = min(cost+min(text, mostMade+1)*int64(w.times), mostMade+1)
	}
	if r.spent += cost * int64(times); r.spent > mostMade {
		return r.mistake(l, 0, fmt.Sprintf("the scenario makes more than %d MiB of texts and steps up to here; repeat less, or shorter texts", mostMade>>20))
	}
	return nil
}
