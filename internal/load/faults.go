package main

import (
	"fmt"
	"io"
)

// fault is a fault and its consequence.
type fault struct {
	what, then string
	tests      []string // directory of the package, a dot, name of the test
}

var faults = []fault{
	{"the peer is cut off after any byte of either handshake",
		"the client gets an error of its own kind at once, and nothing opens; " +
			"the server forgets the connection, and the application never hears of it",
		[]string{"transport.TestDial_CutAtEveryByte", "transport.TestServer_CutAtEveryByte",
			"transport.TestHandler_CutAtEveryByte"}},
	{"one byte a second, on either side", "received bytes extend no deadline: " +
		"the handshake ends with that of its phase, 408 on the server's side",
		[]string{"transport.TestDial_Misbehaving", "transport.TestServer_SlowOpening",
			"transport.TestHandler_SilentClient", "transport.TestConn_WriteToSlowReader"}},
	{"the peer vanishes without FIN", "in the handshake the timer of the phase ends it; " +
		"later Ping finds out, and Close ends after five seconds",
		[]string{"transport.TestDial_HalfOpen", "transport.TestHandler_SilentClient",
			"transport.TestConn_HalfOpen"}},
	{"TLS is cut without close_notify", "a loss, never a clean end, in the handshake and later",
		[]string{"transport.TestDial_TLSCut", "transport.TestHandler_TLSCutInEveryPhase",
			"transport.TestConn_TLSCut"}},
	{"the provider of credentials never answers",
		"after a minute the attempt fails for that reason, and the provider's context is over",
		[]string{"transport.TestDial_Provider", "transport.TestDial_ProviderEndsWithItsTimer"}},
	{"the caller gives up, or the server shuts down, in any phase",
		"at once on the client's side; 503 and 1001 on the server's",
		[]string{"transport.TestDial_ContextInEveryPhase", "transport.TestHandler_ShutdownInEveryPhase",
			"transport.TestServer_CloseInEveryPhase"}},
	{"close meets reads, writes, Pings and other closes",
		"all calls end in time, each with an error that says that the connection is closed",
		[]string{"transport.TestConn_CloseAmidEverything"}},
	{"the clock of the machine is set", "nothing: deadlines, and the life of digest nonces, " +
		"are monotonic", []string{"transport.TestClockJumps"}},
	{"clients stop at the worst point of the handshake",
		"clients that behave get in; the others are answered with 408 and are gone, " +
			"with all that they held", []string{"cmd/khp.TestServe_ManyLeftAlone",
			"transport.TestHandler_ManyLeftAlone"}},
	{"back ends are killed and started again under traffic",
		"clients are closed with 1011 or answered with 503, and get in again afterwards; " +
			"nothing is delivered twice, nothing is lost that was acknowledged",
		[]string{"cmd/khp.TestServe_BackendRestarts"}},
	{"clients or back ends do not read", "their senders have to wait; memory stays flat, " +
		"and others notice nothing", []string{"cmd/khp.TestServe_SlowReaders"}},
	{"a server behind `balance:` is killed", "its clients come back through the balancer to the " +
		"others; it gets no more until it accepts connections again",
		[]string{"cmd/khp.TestBalance_ServerKilled",
			"cmd/khp/internal/gateway/target.TestBalance_SkipsWhatIsDown"}},
	{"descriptors run out", "open connections go on, the log says so at most once a second, " +
		"and others get in when there is room",
		[]string{"cmd/khp.TestServe_OutOfDescriptors", "transport.TestServer_SaysOnceASecond"}},
	{"the disk is full under `--trace`", "one line in the log; the trace ends there and the " +
		"service goes on", []string{"cmd/khp.TestServe_TraceDiskFull"}},
	{"the reader of the log is gone", "the service goes on",
		[]string{"cmd/khp.TestServe_LogReaderGone"}},
	{"the server is killed in the middle of a handshake", "the client reports a lost " +
		"connection at once", []string{"cmd/khp.TestServe_KilledDuringHandshake"}},
}

// writeFaults writes the table.
func writeFaults(out io.Writer) {
	fmt.Fprint(out, "\n## Faults\n\nEach of these is a test that runs with all others.\n\n"+
		"| fault | what happens | tests |\n| --- | --- | --- |\n")
	for _, f := range faults {
		fmt.Fprintf(out, "| %s | %s | ", f.what, f.then)
		for i, test := range f.tests {
			if i > 0 {
				fmt.Fprint(out, "<br>")
			}
			fmt.Fprintf(out, "`%s`", test)
		}
		fmt.Fprint(out, " |\n")
	}
}
