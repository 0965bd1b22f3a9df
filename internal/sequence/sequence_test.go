package sequence

import (
	"strings"
	"testing"

	"example.com/khp/internal/terminal"
	"github.com/stretchr/testify/require"
)

var conversation = []Step{
	{Kind: Connection, Text: "server A", Note: "ws://h/"},
	{Kind: HTTP, From: Client, Number: "3", Text: "GET /" + strings.Repeat("x", 100) + " HTTP/1.1",
		More: []string{"Location: \x1b[2J"}, Note: "one two " + strings.Repeat("three ", 10)},
	{Kind: Message, From: Server, Number: "12", Text: "a;b#<c>"},
	{Kind: Local, From: Server, Text: "open", Good: true},
	{Kind: Turn, Text: "cut"},
	{Kind: Control, From: Server, Text: "Close 1001 going away", Bad: true},
	{Kind: End, From: Client, Text: "end of the connection"},
	{Kind: Remark, Text: "wrong, by the server", Bad: true},
}

func TestText(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Text(&b, conversation, terminal.Plain()))
	require.Equal(t, `     client                                    server A  ws://h/
   3 │─── GET /xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… ──▶│  one two three three
     │    Location: \x1b[2J                           │  three three three three
     │                                                │  three three three three
  12 │◀══ a;b#<c> ════════════════════════════════════│
     │                                           open │
     │····················· cut ······················│
     │◀┄┄ Close 1001 going away ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄│
     │··· end of the connection ·····················▶│
     ✗ wrong, by the server
`, b.String())
}

// The URL of a connection that is too long to stand beside the name of the server stands below it.
func TestText_LongURL(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Text(&b, []Step{{Kind: Connection, Text: "server A",
		Note: "ws://gateway.example.com:8001/a/path"}}, terminal.Plain()))
	require.Equal(t, "   client                                    server A\n   "+
		"ws://gateway.example.com:8001/a/path\n", b.String())
}

func TestText_Colours(t *testing.T) {
	mark := func(name string) func(string) string {
		return func(s string) string { return "<" + name + ">" + s }
	}
	on := terminal.Palette{Sent: mark("sent"), Received: mark("received"), Note: mark("note"),
		Good: mark("good"), Bad: mark("bad"), Title: mark("title")}
	var b strings.Builder
	require.NoError(t, Text(&b, conversation, on))
	for _, want := range []string{"<title>client", "│<sent>─── GET /xxx", "│<received>◀══ a",
		"│<good>   ", "│<bad>◀┄┄ Close", "<bad>✗ wrong", "<note>ws://h/"} {
		require.Contains(t, b.String(), want)
	}
}

func TestMermaid(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Mermaid(&b, conversation[2:]))
	require.Equal(t, `sequenceDiagram
  participant client
  participant server
  server->>client: 12 a#59;b#35;#lt;c#gt;
  Note over server: open
  Note over client,server: cut
  server->>client: Close 1001 going away
  client->>server: end of the connection
  Note over client,server: wrong, by the server
`, b.String())
}

func TestSVG_Escapes(t *testing.T) {
	picture := SVG(`<"`, conversation)
	require.NotContains(t, picture, "<c>")
	require.Contains(t, picture, `aria-label="&lt;&#34;"`)
	require.Contains(t, picture, "12. a;b#&lt;c&gt;")
	require.Contains(t, picture, `<g class="message breaking">`)
	require.Equal(t, len(conversation), strings.Count(picture, "<g"), "a group for each step")
}

// A drawing shows neither credentials nor the queries of URLs.
func TestFields_NoSecrets(t *testing.T) {
	require.Equal(t, []string{"Sec-WebSocket-Protocol: a", "Authorization: Basic [redacted]"},
		Fields([]byte("GET / HTTP/1.1\r\nsec-websocket-protocol: a\r\nX: y\r\n"+
			"authorization: Basic am9lOnB3\r\nCookie: c=SECRET\r\n\r\n")))
	require.Equal(t, []string{"Location: /x?...", `"no, thanks"`},
		Fields([]byte("HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\n"+
			"Location: /x?token=SECRET\r\n\r\nno, thanks\r\nmore")))
	require.Empty(t, Fields([]byte("no HTTP")))
}
