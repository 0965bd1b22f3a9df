package conform

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/fuzz/corpus"
)

// The corpus of adversarial messages as cases: requests for servers, responses and units for
// clients. A careful reader need not decide as a strict one does, so another verdict than that of
// the corpus is lenient; silence and crashes are failures.

// Heads of the two files.
const (
	corpusServer = "# The corpus of requests.\nserver target echo=yes\n"
	corpusClient = "# The corpus of responses.\nclient $base$case profile=$profile protocols=chat " +
		"extensions=x-kaazing-idle-timeout credentials=basic:$user echo=yes\n"
)

// Patterns of answers.
const (
	requestTaken = "expect response 100-399 or response 401-599 as info \"answers with another " +
		"status\" or response 400 as lenient \"refuses what a strict reader takes\"" +
		" or nothing ends lenient \"waits for more\" or close ends lenient \"closes without an answer\""
	requestElsewhere = "expect response 100-599 or nothing ends lenient \"waits for more\" or close " +
		"ends lenient \"closes without an answer\""
	requestRefused = "expect response 400-599 or close ends info \"closes without an answer\" or " +
		"end ends lenient \"ends the connection\"" +
		" or response 100-399 ends lenient \"takes what a strict reader refuses\" or nothing ends " +
		"lenient \"waits for more\""
	responseTaken = "expect text \"open?\" or close ends pass or end ends lenient \"ends the " +
		"connection without a Close frame\" or request ends pass or message ends pass"
	responseRefuse = "expect close or end ends lenient \"ends the connection without a Close " +
		"frame\" or text \"open?\" ends lenient \"opens with what a strict reader refuses\"" +
		" or request ends lenient \"takes what a strict reader refuses\" or message ends lenient " +
		"\"takes what a strict reader refuses\""
)

// corpusFiles returns the sources of both.
func corpusFiles() (server, client string) {
	s, c := strings.Builder{}, strings.Builder{}
	s.WriteString(corpusServer)
	c.WriteString(corpusClient)
	for _, k := range corpus.Cases() {
		if k.Layer != "wire" || bytes.ContainsRune(k.Input, '$') {
			continue
		}
		switch k.Kind {
		case corpus.Request:
			input := own(k.Input)
			taken := requestTaken
			if !ours.Match(input) {
				taken = requestElsewhere
			}
			writeCase(&s, "request", k, "adversary $base$echo\n  opening\n  send binary "+literal(input),
				taken, requestRefused)
		case corpus.Response:
			writeCase(&c, "response", k, "adversary target\n  opening 101\n  expect request\n  send binary "+
				literal(ownAccept(k.Input))+"\n  send empty\n  send text \"open?\"",
				responseTaken, responseRefuse)
		case "unit":
			if behindTerminator(k.Messages) {
				continue // the connection is open by then
			}
			steps := "adversary target\n  opening 101\n  expect request"
			for _, m := range k.Messages {
				kind := "binary"
				if m.Text {
					kind = "text"
				}
				steps += "\n  send " + kind + " " + literal(ownAccept(m.Content))
			}
			writeCase(&c, "unit", k, steps+"\n  send text \"open?\"", responseTaken, responseRefuse)
		}
	}
	return s.String(), c.String()
}

func writeCase(b *strings.Builder, kind string, k corpus.Case, steps, taken, refused string) {
	end := refused
	if k.Accepted() {
		end = taken
	}
	fmt.Fprintf(b, "\n# %s [%s]\ncase wire/%s/%s level=SHOULD profile=spec req=KHP-EXT-03\n%s\n  %s\n",
		k.Why, k.Source, kind, k.ID, steps, end)
}

// literal writes bytes as a word of a script, long runs of one byte short.
func literal(p []byte) string {
	var b strings.Builder
	for len(p) > 0 {
		run := len(p) - len(bytes.TrimLeft(p, string(rune(p[0]))))
		if p[0] < 0x80 && run > 200 {
			fmt.Fprintf(&b, " %s*%d", strconv.Quote(string(p[:1])), run)
			p = p[run:]
			continue
		}
		n := 1
		for n < len(p) && !(n+200 < len(p) && p[n] < 0x80 && bytes.Count(p[n:n+200], p[n:n+1]) == 200) {
			n++
		}
		fmt.Fprintf(&b, " %s", strconv.Quote(string(p[:n])))
		p = p[n:]
	}
	if b.Len() == 0 {
		return `""`
	}
	return b.String()[1:]
}

var (
	plainTarget = regexp.MustCompile(`^([A-Z]+ )/[a-z]*( HTTP/)`)
	plainHost   = regexp.MustCompile(`(?i)(\r\nHost: ?)a(\r\n)`)
	ours        = regexp.MustCompile(`^GET \$target HTTP/1.1\r\n(?:(?i:Host): ` +
		`\$host\r\n|[^Hh][^:]*:[^\r]*\r\n)*\r\n$`)
	anyAccept = regexp.MustCompile(`(?i)(\r\nSec-WebSocket-Accept: *)[A-Za-z0-9+/]{27}=`)
)

// own has a request name the resource and the host of the target, where its own are beside the
// point.
func own(p []byte) []byte {
	if len(p) > 4000 { // the length is the point
		return p
	}
	return plainHost.ReplaceAll(plainTarget.ReplaceAll(p, []byte("${1}$$target${2}")),
		[]byte("${1}$$host${2}"))
}

// behindTerminator reports whether something stands behind an empty binary message.
func behindTerminator(messages []corpus.Message) bool {
	return len(messages) > 0 && slices.ContainsFunc(messages[:len(messages)-1],
		func(m corpus.Message) bool { return !m.Text && len(m.Content) == 0 })
}

// ownAccept has a response answer the key of the client.
func ownAccept(p []byte) []byte { return anyAccept.ReplaceAll(p, []byte("${1}$$accept")) }
