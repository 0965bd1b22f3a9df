package replay

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// A server that has sent its last challenge answers the next wrong password with 403, and says that
// authentication failed too often.
func TestCheck_OneChallengeTooMany(t *testing.T) {
	const recorded = `{"khp":"trace","version":1,"side":"server","config":{"max_challenges":1}}
{"conn":1,"side":"server","kind":"opening","dir":"receive","data":"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"}
{"conn":1,"side":"server","kind":"opening","dir":"send","data":"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"}
{"conn":1,"side":"server","kind":"message","dir":"receive","type":"binary","data":"GET / HTTP/1.1\r\n\r\n"}
{"conn":1,"side":"server","kind":"message","dir":"send","type":"binary","data":"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n\r\n"}
{"conn":1,"side":"server","kind":"message","dir":"send","type":"binary","data":""}
{"conn":1,"side":"server","kind":"message","dir":"receive","type":"binary","data":"GET / HTTP/1.1\r\nAuthorization: Basic [redacted]\r\n\r\n"}
{"conn":1,"side":"server","kind":"message","dir":"send","type":"binary","data":"HTTP/1.1 403 Forbidden\r\n\r\n"}
{"conn":1,"side":"server","kind":"message","dir":"send","type":"binary","data":""}
{"conn":1,"side":"server","kind":"close","dir":"send","code":1000}
{"conn":1,"side":"server","kind":"close","dir":"receive","code":1000}
`
	verdict := func(trace, failure string) Verdict {
		var got Verdict
		_, err := ReadTrace(strings.NewReader(trace+`{"conn":1,"side":"server","kind":"fail","failure":"`+
			failure+`"}`+"\n"), func(s *Session) { got = Check(s).Verdict })
		require.NoError(t, err)
		return got
	}
	require.Equal(t, Path, verdict(recorded, fsm.FailureAuthLimit.String()))
	require.Equal(t, Path, verdict(recorded, fsm.FailureStatus.String()),
		"the application may have said 403 itself")
	more := strings.Replace(recorded, `"max_challenges":1`, `"max_challenges":2`, 1)
	require.Equal(t, NotPath, verdict(more, fsm.FailureAuthLimit.String()),
		"it had another challenge left")
}

// A client that would take a plain WebSocket, too, lists a token in its opening request that is no
// subprotocol, and does not ask for it in the extended request.
func TestCheck_TokenOfPlainFallback(t *testing.T) {
	const recorded = `{"khp":"trace","version":1,"side":"client"}
{"conn":1,"side":"client","attempt":1,"kind":"dial","text":"ws://h/"}
{"conn":1,"side":"client","attempt":1,"kind":"opening","dir":"send","data":"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: OTHER, x-kaazing-handshake\r\n\r\n"}
{"conn":1,"side":"client","attempt":1,"kind":"opening","dir":"receive","data":"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"}
{"conn":1,"side":"client","attempt":1,"kind":"message","dir":"send","type":"binary","data":"GET / HTTP/1.1\r\n\r\n"}
{"conn":1,"side":"client","attempt":1,"kind":"message","dir":"receive","type":"binary","data":"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n\r\n"}
{"conn":1,"side":"client","attempt":1,"kind":"message","dir":"receive","type":"binary","data":""}
{"conn":1,"side":"client","attempt":1,"kind":"open"}
`
	for other, want := range map[string]Verdict{"x-kaazing-bump": Path, "amqp": NotPath} {
		_, err := ReadTrace(strings.NewReader(strings.Replace(recorded, "OTHER", other, 1)),
			func(s *Session) {
				require.Equal(t, want, Check(s).Verdict, other)
			})
		require.NoError(t, err)
	}
}

// An answer to the opening request that is not HTTP is the server's mistake, and no refusal: a
// client that fails for that reason does right.
func TestCheck_AnswerToTheOpeningIsNotHTTP(t *testing.T) {
	const recorded = `{"khp":"trace","version":1,"side":"client"}
{"conn":1,"side":"client","attempt":1,"kind":"dial","text":"ws://h/"}
{"conn":1,"side":"client","attempt":1,"kind":"opening","dir":"send","data":"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"}
{"conn":1,"side":"client","attempt":1,"kind":"opening","dir":"receive","data":"ANSWER"}
{"conn":1,"side":"client","attempt":1,"kind":"fail","failure":"FAILURE"}
`
	for answer, failure := range map[string]fsm.Failure{
		`SSH-2.0-OpenSSH_9.6\r\n`: fsm.FailureOpening, `nonsense\r\n\r\n`: fsm.FailureOpening,
		`HTTP/2 200\r\n\r\n`:                          fsm.FailureOpening,
		`\u0015\u0003\u0001\u0000\u0002\u0002\n`:      fsm.FailureOpening,
		`HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n`: fsm.FailureStatus, // a refusal
	} {
		text := strings.NewReplacer("ANSWER", answer, "FAILURE", failure.String()).Replace(recorded)
		_, err := ReadTrace(strings.NewReader(text), func(s *Session) {
			r := Check(s)
			if failure == fsm.FailureStatus {
				require.Equal(t, Path, r.Verdict, answer)
				return
			}
			require.NotNil(t, r.Wrong, answer)
			require.Equal(t, Server, r.Wrong.Blame, answer)
		})
		require.NoError(t, err)
	}
}
