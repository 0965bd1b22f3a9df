package script

import "strings"

// content takes the rest of a line as bytes: texts one after the other; behind the word lines each becomes a line of a message head, which ends with an
// empty line, and behind the word body they are texts again.
func (a *args) content() (string, error) {
	var b strings.Builder
	inHead := false
	for w, ok := a.take(); ok; w, ok = a.take() {
		switch {
		case w.key != "":
			return "", a.mistake("expected a quoted text, got %s=%s", w.key, w.text)
		case w.text == "lines" && !w.quoted && !inHead:
			inHead = true
		case w.text == "body" && !w.quoted && inHead:
			b.WriteString("\r\n")
			inHead = false
		case !w.quoted:
			return "", a.mistake("expected a quoted text, got %s; other words here are lines and body", w.text)
		default:
			b.WriteString(w.value())
			if inHead {
				b.WriteString("\r\n")
			}
		}
	}
	if inHead {
		b.WriteString("\r\n")
	}
	return b.String(), nil
}
