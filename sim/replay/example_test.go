package replay_test

import (
	"fmt"
	"os"
	"strings"

	"example.com/khp/sim/replay"
)

// A server that was recorded on the side of its client forgets to end its response.
func ExampleReadTrace() {
	const recorded = `{"khp":"trace","version":1,"side":"client"}
{"conn":1,"side":"client","attempt":1,"kind":"dial","text":"ws://h/"}
{"conn":1,"side":"client","attempt":1,"kind":"opening","dir":"send","data":"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"}
{"conn":1,"side":"client","attempt":1,"kind":"opening","dir":"receive","data":"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"}
{"conn":1,"side":"client","attempt":1,"kind":"message","dir":"send","type":"binary","data":"GET / HTTP/1.1\r\n\r\n"}
{"conn":1,"side":"client","attempt":1,"kind":"message","dir":"receive","type":"binary","data":"HTTP/1.1 101 Switching Protocols\r\n\r\n"}
{"conn":1,"side":"client","attempt":1,"kind":"message","dir":"receive","type":"text","data":"welcome"}
`
	_, err := replay.ReadTrace(strings.NewReader(recorded), func(s *replay.Session) {
		r := replay.Check(s)
		fmt.Println(r.Verdict)
		if r.Wrong != nil {
			fmt.Println(s.Unit, s.Steps[r.Wrong.Step].At, r.Wrong.Blame, r.Wrong.Requirements)
			_ = replay.Ladder(os.Stdout, r)
		}
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// not a path of the machine
	// line 7 server [KHP-EXT-RSP-14 KHP-CLOSE-04]
	//     client                                      server
	//   3 │─── GET / HTTP/1.1 ────────────────────────────▶│
	//     │    Sec-WebSocket-Protocol: x-kaazing-handshake │
	//   4 │◀── HTTP/1.1 101 Switching Protocols ───────────│
	//     │    Sec-WebSocket-Protocol: x-kaazing-handshake │
	//   5 │═══ GET / HTTP/1.1 ════════════════════════════▶│
	//   6 │◀══ HTTP/1.1 101 Switching Protocols ═══════════│
	//   7 │◀══ text "welcome" ═════════════════════════════│
	//     ✗ wrong, by the server: the response before it was not ended by an empty
	//     binary message (KHP-EXT-RSP-14 KHP-CLOSE-04)
}
