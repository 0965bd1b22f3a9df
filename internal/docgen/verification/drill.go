package verification

import "io"

// drill is the walk from a broken cell to the tools that notice. TestDrill of package fsm does the
// same; it and TestPages_Outputs of docs compare what is shown.
func drill(w io.Writer) error {
	_, err := io.WriteString(w, drillText)
	return err
}

const drillText = `
## Break a cell

In fsm/client_table.go the phase ClientAwaitCredentials says what happens when the time for credentials is up. Have the client ignore it:

` + "```diff" + `
-	onCredentialTimer: {fail(FailureCredentialTimeout, "KHP-STATUS-401-01")},
+	onCredentialTimer: ignore,
` + "```" + `

The explorer tells the property, the shortest way, with the row of the table that each step took (` + "`-`" + ` for none), and where the last of them stand. The page of ` + "`--html`" + ` has the same beside the picture:

` + "```console" + `
$ go run ./cmd/khp explore --bounds small
...
byzantine-server/spec
LIV-06: the timers that the phase needs run, and no others
    client                                      server
  1 │ ConnectRequested                               │  idle/connect/dial
    │ target usable                                  │
...
  5 │◀══ Response 401 ═══════════════════════════════│  reading/401/
    │    terminated, accept matches, subprotocol     │  ask-credentials
    │    offered, extensions asked, challenge usable │
  6 │ TimerExpired Credentials                       │  -
    ✗ LIV-06: the timers that the phase needs run, and no others
there: client AwaitCredentials
the last rows, the last one first:
  -: client AwaitCredentials on TimerExpired(Credentials) does nothing, in
    fsm/client_table.go
  reading/401/ask-credentials: client Reading on Response(Replay) if terminated,
    extensions asked, challenge usable, replays left, not body cut short goes to
    AwaitCredentials, in fsm/client_table.go
...
` + "```" + `

Spin finds the same property broken in the model that is written from the changed table. Its way is not the shortest, but ends in the same cell:

` + "```console" + `
$ go run ./internal/spincheck -quick
...
the rows of the tables that led Spin to LIV-06 in spec, the last one first:
  ignored of the client in await credentials: ev == BodyWritten || ... || ev == TimerExpired_Credentials || ...
  reading/401/ask-credentials of the client in reading: ev == Response_Replay && ...
` + "```" + `

Two scenarios fail, each with the line from which on something else happens, and with the invariant that is broken:

` + "```console" + `
$ go run ./cmd/khp sim sim/script/testdata
...
FAIL  sim/script/testdata/timeouts/client.txt  Every wait of a client ends with
                                               its timer; an hour takes no time
                                               here.
sim/script/testdata/timeouts/client.txt:64: expected (-) and got (+)
    - credentials: expect client failed CredentialTimeout close=1008
    + credentials: client waiting ClientAwaitCredentials
...
    broken invariant: ..., case credentials: client at 1h0m0.06s: LIV-01: nothing is left to happen in phase ClientAwaitCredentials
...
` + "```" + `

` + "`go test ./fsm -run TestDrill`" + ` does all of this. Not every tool notices every mistake; it depends on what the mistake is about. Tried by hand, one cell each:

| broken | explorer | Spin | scenarios | oracle |
| --- | --- | --- | --- | --- |
| client, effect: await-response/data/reading delivers the response to the application | INV-02 | INV-02 | 85 | yes |
| client, guard: reading/complete/open opens without the subprotocol having been offered | INV-01 | no: its server is honest | 1 | yes |
| client, next phase: reading/401/ask-credentials goes to AwaitResponse | TOTAL | TOTAL | 14 | yes |
| client, mark: sending-body/body-written/await-response forgets that the body was sent | no | no | 1 | yes |
| client, failure: reading/complete/accept-mismatch names another failure | CAUSE, of all failures but one | no | no | yes |
| client, ignored: the answer to its Close (closing/peer-closed/draining) | no: a timer ends it as well | no | no | yes |
| client, ignored: the time for credentials (await-credentials/credential-timer/credential-timeout) | LIV-06 | LIV-06 | 2 | yes |
| server, effect: opening/opening-request/await-request does not arm the timer of the request | no: another timer runs | no | 5 | yes |
| server, guard: opening/opening-request/plain serves plain WebSockets always | KHP-OPEN-06 | no: its client offers KHP | 1 | yes |
| server, next phase: await-body/body/decide goes to AwaitRequest | TOTAL | with a body (` + "`make spin`" + `) | 1 | yes |
| server, mark: opening/opening-request/await-request-kaazing forgets that the client is of the kaazing profile | LIV-03 | in that profile (` + "`make spin`" + `) | 5 | yes |
| server, failure: deciding/application-failure/application names another failure | CAUSE | no | 2 | yes |
| server, effect: open/close/close closes without a timer | LIV-06 | LIV-06 | no | yes |
| server, effect: open/lost/closed does not tell that it is over | INV-05 | INV-05 | no | yes |
| status table: 302 is no redirect | LIV-05 | the formula of LIV-05 (` + "`make spin`" + `) | 14 | yes |
` + "\nThe oracle (`go test ./fsm -run TestOracle`) is a second reading of the requirements, written without the tables: it notices any difference, and says nothing of what it is bad for.\n"
