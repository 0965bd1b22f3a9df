-------------------------------- MODULE pair --------------------------------
(***************************************************************************)
(* A client and a server of the Kaazing WebSocket Handshake Protocol, the  *)
(* two queues between them, a network that may be cut at any time, and     *)
(* hosts and applications that are free to do what they may.  Written by   *)
(* "khp graph pair --format tla" from the transition tables that the code  *)
(* runs by; do not edit.                                                   *)
(*                                                                         *)
(* A step of the system is several actions here: an event happens, a row   *)
(* of a table takes it, and the orders of the row are carried out one by   *)
(* one.  Nothing else happens until that is done (Stable).  Each row is    *)
(* one action, named by its id and its number in the list of edges.  The   *)
(* properties do not know the tables: they watch what is sent, asked and   *)
(* told.                                                                   *)
(***************************************************************************)
EXTENDS Naturals, Sequences

CONSTANTS
  KAAZING \* the client speaks the kaazing profile
  , AUTO \* the client speaks the auto profile: it does not know how the server speaks
  , UNAWARE \* the server does not know the kaazing profile
  , TERMINATOR_OPTIONAL \* a response is complete without its terminator
  , PLAIN_FALLBACK \* the client opens a plain WebSocket if KHP is not selected
  , EXPECT \* the request announces a body with Expect: 100-continue
  , OTHER_METHOD \* the request is no GET
  , NO_REDIRECTS \* redirects are reported, not followed
  , NO_WAIT \* the client does not wait after 202
  , PROXY \* a proxy is configured
  , UPGRADE \* 426 may be answered with TLS
  , MAX_REDIRECTS \* follow-up connections
  , MAX_REPLAYS \* replays after 401
  , MAX_INTERIM \* 100 and 202 that a client takes
  , SERVE_PLAIN \* the server serves clients without KHP
  , UNCHECKED \* decisions may break the obligations of their status
  , MAX_CHALLENGES \* 401 that a server sends
  , MAX_DEFERRALS \* 202 that a server sends
  , OBLIGATIONS_MET \* the server's application gives what a status requires
  , FAULT \* name of a seeded fault

VARIABLES
  c,      \* the client machine: fsm.ClientState
  s,      \* the server machine of the current connection: fsm.ServerState
  ch,     \* the client's host: timers, connection, what was asked of it, and what properties need of the past
  sh,     \* the server's host
  net,    \* queues, and what the applications have sent and got
  ev,     \* the event that is being handled
  orders, \* of the row that took it, still to be carried out
  broken  \* id of the first property that an order broke, "" if none

vars == <<c, s, ch, sh, net, ev, orders, broken>>

Completes(status) == status \in {101, 201, 204, 205}
Continues(status) == status \in {100}
Waits(status) == status \in {202}
Replays(status) == status \in {401}
Redirects(status) == status \in {300, 301, 302, 303, 307}
Terminates(status) == ~Completes(status) /\ ~Continues(status) /\ ~Waits(status) /\ ~Replays(status)

\* The event that a response with this status is for the client.
ResponseOf(status) ==
  CASE status \in {100} -> "Response(Continue)"
    [] status \in {101, 201, 204, 205} -> "Response(Complete)"
    [] status \in {202} -> "Response(Wait)"
    [] status \in {300, 301, 302, 303} -> "Response(RedirectChoice)"
    [] status \in {307} -> "Response(RedirectIfGet)"
    [] status \in {401} -> "Response(Replay)"
    [] status \in {407} -> "Response(ProxyAuth)"
    [] status \in {426} -> "Response(Upgrade)"
    [] OTHER -> "Response(Close)"

MARKED == (KAAZING \/ AUTO) /\ ~UNAWARE \* the server sees .kl=Y and knows what it means

NoMessage == [kind |-> "none", status |-> 0, target |-> {}]
Message(kind, status, target) == [kind |-> kind, status |-> status, target |-> target]

EventOf(side, on, facts, status, target, begins, open) ==
  [side |-> side, on |-> on, facts |-> facts, status |-> status, target |-> target, begins |-> begins, wasOpen |-> open, done |-> FALSE, failure |-> "none"]
NoEvent == EventOf("nobody", "nothing", {}, 0, {}, FALSE, FALSE)

Order(do) == [do |-> do, timer |-> "none", code |-> 0]
Timed(do, timer) == [do |-> do, timer |-> timer, code |-> 0]
Coded(do, code) == [do |-> do, timer |-> "none", code |-> code]

FreshClientHost ==
  [running |-> {}, paused |-> {}, dialing |-> FALSE, connected |-> FALSE, webSocket |-> FALSE, asked |-> FALSE, writing |-> FALSE, following |-> FALSE,
   closeSent |-> FALSE, selected |-> FALSE, outstanding |-> FALSE, challenged |-> FALSE, over |-> FALSE, bodyAllowed |-> FALSE, good |-> FALSE,
   opened |-> 0, ended |-> 0, dials |-> 0]
FreshServer == [phase |-> "Opening", interim |-> 0, replays |-> 0, failure |-> "none", status |-> 0, marks |-> {}]
FreshServerHost ==
  [running |-> {}, paused |-> {}, connected |-> FALSE, webSocket |-> FALSE, deciding |-> FALSE, bodyOwed |-> FALSE, closeSent |-> FALSE, peerClosed |-> FALSE,
   selected |-> FALSE, request |-> FALSE, responding |-> FALSE, decided |-> FALSE, askedKaazing |-> FALSE, opened |-> 0, ended |-> 0]

Init ==
  /\ c = [phase |-> "Idle", interim |-> 0, replays |-> 0, redirects |-> 0, plan |-> "none", failure |-> "none", status |-> 0, marks |-> {}]
  /\ s = FreshServer
  /\ ch = FreshClientHost
  /\ sh = FreshServerHost
  /\ net = [toClient |-> <<>>, toServer |-> <<>>, up |-> FALSE, cut |-> FALSE, unit |-> NoMessage, clientSent |-> 0, serverSent |-> 0, clientGot |-> 0, serverGot |-> 0, serverOpened |-> FALSE]
  /\ ev = NoEvent
  /\ orders = <<>>
  /\ broken = ""

ClientOver == c.phase \in {"Done", "Failed"}
ClientIsOpen == c.phase \in {"Open", "Plain"}
ServerOver == s.phase = "Done"
ServerIsOpen == s.phase \in {"Open", "Plain"}
AtRest == ClientOver /\ (~net.up \/ ServerOver)
BothOpen == c.phase = "Open" /\ s.phase = "Open"
Stable == ev.side = "nobody"
HeadComplete == IF net.unit # NoMessage /\ c.phase = "Reading" THEN {"response complete"} ELSE {}
Fine == {"accept matches", "subprotocol offered", "extensions asked"}
Targets == { {"target usable"}, {"target visited"}, {"target refused"}, {} }

\* Events that a machine does not heed in its state change nothing; they are not offered.
client_heeds_CloseRequested == ((c.phase = "Idle") \/ (c.phase = "Connecting") \/ (c.phase = "Opening") \/ (c.phase = "AwaitLogin") \/ (c.phase = "AwaitProceed") \/ (c.phase = "AwaitResponse") \/ (c.phase = "Reading") \/ (c.phase = "SendingBody") \/ (c.phase = "AwaitCredentials") \/ (c.phase = "AwaitConfirm") \/ (c.phase = "Open") \/ (c.phase = "Plain") \/ (c.phase = "Closing" /\ ~("plan fail" \in c.marks) /\ ~("plan close" \in c.marks)) \/ (c.phase = "Draining" /\ ~("plan fail" \in c.marks) /\ ~("plan close" \in c.marks)) \/ (c.phase = "Redirecting"))
server_heeds_CloseRequested == ((s.phase = "Opening") \/ (s.phase = "AwaitRequest") \/ (s.phase = "AwaitBody") \/ (s.phase = "Deciding") \/ (s.phase = "Pending") \/ (s.phase = "AwaitReplay") \/ (s.phase = "Open") \/ (s.phase = "Plain"))
server_heeds_Decided_Complete == ((s.phase = "Deciding" /\ ("kaazing" \in s.marks)) \/ (s.phase = "Deciding" /\ ~("kaazing" \in s.marks)) \/ (s.phase = "Pending" /\ ("kaazing" \in s.marks)) \/ (s.phase = "Pending" /\ ~("kaazing" \in s.marks)))
server_heeds_Decided_Wait == ((s.phase = "Deciding" /\ (s.interim < MAX_DEFERRALS)) \/ (s.phase = "Pending" /\ (s.interim < MAX_DEFERRALS)))
server_heeds_Decided_Replay == ((s.phase = "Deciding" /\ (s.replays < MAX_CHALLENGES) /\ OBLIGATIONS_MET) \/ (s.phase = "Deciding" /\ OBLIGATIONS_MET /\ ~(s.replays < MAX_CHALLENGES)) \/ (s.phase = "Pending" /\ (s.replays < MAX_CHALLENGES) /\ OBLIGATIONS_MET) \/ (s.phase = "Pending" /\ OBLIGATIONS_MET /\ ~(s.replays < MAX_CHALLENGES)))
server_heeds_Decided_Close == ((s.phase = "Deciding" /\ OBLIGATIONS_MET) \/ (s.phase = "Pending" /\ OBLIGATIONS_MET))
server_heeds_Decided_Complete_elsewhere == MARKED /\ ((s.phase = "Deciding" /\ ("kaazing" \in s.marks)) \/ (s.phase = "Pending" /\ ("kaazing" \in s.marks)))

Wrong(pair) == ~pair[1]
Judge(list) == LET bad == SelectSeq(list, Wrong) IN IF broken # "" \/ bad = <<>> THEN broken ELSE bad[1][2]

-----------------------------------------------------------------------------
\* The table of the client.

C1_c0 == \* WSP-OPEN-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Idle"
  /\ ev.on = "ConnectRequested"
  /\ ("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Connecting"]
  /\ orders' = << Order("Dial"), Timed("ArmTimer", "Opening") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C2_c1 == \* WSP-URI-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Idle"
  /\ ev.on = "ConnectRequested"
  /\ ~("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureURL"]
  /\ orders' = << Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C47_c32 == \* LIV-11
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Idle"
  /\ ev.on = "CloseRequested"
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

Client_Idle_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Idle"
  /\ ev.on \in {"Connected", "ConnectFailed", "Opened", "ProceedReceived", "RerouteReceived", "DataReceived", "TerminatorReceived", "Response(Complete)", "Response(Continue)", "Response(Wait)", "Response(Replay)", "Response(Close)", "Response(RedirectChoice)", "Response(RedirectIfGet)", "Response(ProxyAuth)", "Response(Upgrade)", "Violation", "BodyWritten", "CredentialsSupplied", "CredentialsDeclined", "PingReceived", "PeerClosed", "ConnectionLost", "TimerExpired(Opening)", "TimerExpired(Response)", "TimerExpired(Wait)", "TimerExpired(Credentials)", "TimerExpired(Overall)", "TimerExpired(Close)", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

C3_c34_REQUEST_TOO_EARLY == \* KHP-OPEN-01 KHP-OPEN-02 WSP-OPEN-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Connecting"
  /\ ev.on = "Connected"
  /\ FAULT = "REQUEST_TOO_EARLY" \* INV-06: the client sends its extended request before the opening handshake is answered
  /\ c' = [c EXCEPT !.phase = "Opening"]
  /\ orders' = << Order("SendOpening"), Order("SendRequest") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C3_c34 == \* KHP-OPEN-01 KHP-OPEN-02 WSP-OPEN-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Connecting"
  /\ ev.on = "Connected"
  /\ FAULT \notin {"REQUEST_TOO_EARLY"}
  /\ c' = [c EXCEPT !.phase = "Opening"]
  /\ orders' = << Order("SendOpening") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C4_c35 == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Connecting"
  /\ ev.on = "ConnectFailed"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureConnect"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C4_c56 == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Connecting"
  /\ ev.on = "ConnectionLost"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureConnect"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C4_c57 == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Connecting"
  /\ ev.on = "TimerExpired(Opening)"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureTimeout"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C47_c64 == \* LIV-11
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Connecting"
  /\ ev.on = "CloseRequested"
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

Client_Connecting_ignores ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Connecting"
  /\ ev.on \in {"TimerExpired(Response)", "TimerExpired(Wait)", "TimerExpired(Credentials)", "TimerExpired(Overall)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Client_Connecting_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Connecting"
  /\ ev.on \in {"ConnectRequested", "Opened", "ProceedReceived", "RerouteReceived", "DataReceived", "TerminatorReceived", "Response(Complete)", "Response(Continue)", "Response(Wait)", "Response(Replay)", "Response(Close)", "Response(RedirectChoice)", "Response(RedirectIfGet)", "Response(ProxyAuth)", "Response(Upgrade)", "Violation", "BodyWritten", "CredentialsSupplied", "CredentialsDeclined", "PingReceived", "PeerClosed", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

C5_c68_SEND_EARLY == \* KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT = "SEND_EARLY" \* INV-03: the client sends a message right behind its request
  /\ ("KHP selected" \in ev.facts)
  /\ ~KAAZING
  /\ ~AUTO
  /\ c' = [c EXCEPT !.phase = "AwaitResponse"]
  /\ orders' = << Order("SendRequest"), Timed("StopTimer", "Opening"), Timed("ArmTimer", "Response"), Timed("ArmTimer", "Overall"), Order("SendMessage") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K11_c69_SEND_EARLY == \* KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT = "SEND_EARLY" \* INV-03: the client sends a message right behind its request
  /\ ("KHP selected" \in ev.facts)
  /\ AUTO
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.marks = (@ \cup {"nothing received yet"})]
  /\ orders' = << Order("SendRequest"), Timed("StopTimer", "Opening"), Timed("ArmTimer", "Response"), Timed("ArmTimer", "Overall") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K1_c70_SEND_EARLY == \* KHP-GEN-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT = "SEND_EARLY" \* INV-03: the client sends a message right behind its request
  /\ ("KHP selected" \in ev.facts)
  /\ KAAZING
  /\ ~AUTO
  /\ c' = [c EXCEPT !.phase = "AwaitProceed"]
  /\ orders' = << Timed("ArmTimer", "Overall") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C6_c71_SEND_EARLY == \* KHP-OPEN-05 KHP-OPEN-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT = "SEND_EARLY" \* INV-03: the client sends a message right behind its request
  /\ PLAIN_FALLBACK
  /\ ~("KHP selected" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Plain"]
  /\ orders' = << Order("StopTimers"), Order("OpenPlain") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C7_c72_SEND_EARLY == \* KHP-OPEN-05 KHP-OPEN-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT = "SEND_EARLY" \* INV-03: the client sends a message right behind its request
  /\ ~("KHP selected" \in ev.facts)
  /\ ~PLAIN_FALLBACK
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureNotSelected"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C5_c68_BODY_UNASKED == \* KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT = "BODY_UNASKED" \* INV-17: the client does not wait for 100 with the body
  /\ ("KHP selected" \in ev.facts)
  /\ ~KAAZING
  /\ ~AUTO
  /\ c' = [c EXCEPT !.phase = "AwaitResponse"]
  /\ orders' = << Order("SendRequest"), Timed("StopTimer", "Opening"), Timed("ArmTimer", "Response"), Timed("ArmTimer", "Overall"), Order("SendBody") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K11_c69_BODY_UNASKED == \* KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT = "BODY_UNASKED" \* INV-17: the client does not wait for 100 with the body
  /\ ("KHP selected" \in ev.facts)
  /\ AUTO
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.marks = (@ \cup {"nothing received yet"})]
  /\ orders' = << Order("SendRequest"), Timed("StopTimer", "Opening"), Timed("ArmTimer", "Response"), Timed("ArmTimer", "Overall") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K1_c70_BODY_UNASKED == \* KHP-GEN-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT = "BODY_UNASKED" \* INV-17: the client does not wait for 100 with the body
  /\ ("KHP selected" \in ev.facts)
  /\ KAAZING
  /\ ~AUTO
  /\ c' = [c EXCEPT !.phase = "AwaitProceed"]
  /\ orders' = << Timed("ArmTimer", "Overall") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C6_c71_BODY_UNASKED == \* KHP-OPEN-05 KHP-OPEN-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT = "BODY_UNASKED" \* INV-17: the client does not wait for 100 with the body
  /\ PLAIN_FALLBACK
  /\ ~("KHP selected" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Plain"]
  /\ orders' = << Order("StopTimers"), Order("OpenPlain") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C7_c72_BODY_UNASKED == \* KHP-OPEN-05 KHP-OPEN-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT = "BODY_UNASKED" \* INV-17: the client does not wait for 100 with the body
  /\ ~("KHP selected" \in ev.facts)
  /\ ~PLAIN_FALLBACK
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureNotSelected"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C5_c68_REPLAY_UNASKED == \* KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT = "REPLAY_UNASKED" \* INV-19: the client replays a request that was not answered with 401
  /\ ("KHP selected" \in ev.facts)
  /\ ~KAAZING
  /\ ~AUTO
  /\ c' = [c EXCEPT !.phase = "AwaitResponse"]
  /\ orders' = << Order("ReplayRequest") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K11_c69_REPLAY_UNASKED == \* KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT = "REPLAY_UNASKED" \* INV-19: the client replays a request that was not answered with 401
  /\ ("KHP selected" \in ev.facts)
  /\ AUTO
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.marks = (@ \cup {"nothing received yet"})]
  /\ orders' = << Order("SendRequest"), Timed("StopTimer", "Opening"), Timed("ArmTimer", "Response"), Timed("ArmTimer", "Overall") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K1_c70_REPLAY_UNASKED == \* KHP-GEN-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT = "REPLAY_UNASKED" \* INV-19: the client replays a request that was not answered with 401
  /\ ("KHP selected" \in ev.facts)
  /\ KAAZING
  /\ ~AUTO
  /\ c' = [c EXCEPT !.phase = "AwaitProceed"]
  /\ orders' = << Timed("ArmTimer", "Overall") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C6_c71_REPLAY_UNASKED == \* KHP-OPEN-05 KHP-OPEN-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT = "REPLAY_UNASKED" \* INV-19: the client replays a request that was not answered with 401
  /\ PLAIN_FALLBACK
  /\ ~("KHP selected" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Plain"]
  /\ orders' = << Order("StopTimers"), Order("OpenPlain") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C7_c72_REPLAY_UNASKED == \* KHP-OPEN-05 KHP-OPEN-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT = "REPLAY_UNASKED" \* INV-19: the client replays a request that was not answered with 401
  /\ ~("KHP selected" \in ev.facts)
  /\ ~PLAIN_FALLBACK
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureNotSelected"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C5_c68 == \* KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT \notin {"SEND_EARLY", "BODY_UNASKED", "REPLAY_UNASKED"}
  /\ ("KHP selected" \in ev.facts)
  /\ ~KAAZING
  /\ ~AUTO
  /\ c' = [c EXCEPT !.phase = "AwaitResponse"]
  /\ orders' = << Order("SendRequest"), Timed("StopTimer", "Opening"), Timed("ArmTimer", "Response"), Timed("ArmTimer", "Overall") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K11_c69 == \* KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT \notin {"SEND_EARLY", "BODY_UNASKED", "REPLAY_UNASKED"}
  /\ ("KHP selected" \in ev.facts)
  /\ AUTO
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.marks = (@ \cup {"nothing received yet"})]
  /\ orders' = << Order("SendRequest"), Timed("StopTimer", "Opening"), Timed("ArmTimer", "Response"), Timed("ArmTimer", "Overall") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K1_c70 == \* KHP-GEN-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT \notin {"SEND_EARLY", "BODY_UNASKED", "REPLAY_UNASKED"}
  /\ ("KHP selected" \in ev.facts)
  /\ KAAZING
  /\ ~AUTO
  /\ c' = [c EXCEPT !.phase = "AwaitProceed"]
  /\ orders' = << Timed("ArmTimer", "Overall") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C6_c71 == \* KHP-OPEN-05 KHP-OPEN-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT \notin {"SEND_EARLY", "BODY_UNASKED", "REPLAY_UNASKED"}
  /\ PLAIN_FALLBACK
  /\ ~("KHP selected" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Plain"]
  /\ orders' = << Order("StopTimers"), Order("OpenPlain") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C7_c72 == \* KHP-OPEN-05 KHP-OPEN-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Opened"
  /\ FAULT \notin {"SEND_EARLY", "BODY_UNASKED", "REPLAY_UNASKED"}
  /\ ~("KHP selected" \in ev.facts)
  /\ ~PLAIN_FALLBACK
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureNotSelected"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c77 == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Complete)"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c78 == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Continue)"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c79 == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Wait)"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c80 == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Replay)"
  /\ ~("challenge usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureAuthRequired", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c81 == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Replay)"
  /\ ~(c.replays < MAX_REPLAYS)
  /\ ("challenge usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureAuthLimit", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C9_c82 == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Replay)"
  /\ ("challenge usable" \in ev.facts)
  /\ (c.replays < MAX_REPLAYS)
  /\ c' = [c EXCEPT !.phase = "AwaitLogin", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("AskCredentials"), Timed("ArmTimer", "Credentials") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c83 == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Close)"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C9_c84 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(RedirectChoice)"
  /\ ("target usable" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ (c.redirects < MAX_REDIRECTS)
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Redirecting", !.redirects = @ + 1, !.plan = "PlanRedirect", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Follow") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c85 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(RedirectChoice)"
  /\ NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c86 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(RedirectChoice)"
  /\ ("target visited" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureRedirectLoop", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c87 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(RedirectChoice)"
  /\ ("target refused" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureRedirectRefused", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c88 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(RedirectChoice)"
  /\ ~("target usable" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureRedirectTarget", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c89 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(RedirectChoice)"
  /\ ~(c.redirects < MAX_REDIRECTS)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ ("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureTooManyRedirects", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C9_c90 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ ("target usable" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ (c.redirects < MAX_REDIRECTS)
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Redirecting", !.redirects = @ + 1, !.plan = "PlanRedirect", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Follow") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c91 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c92 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ ("target visited" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureRedirectLoop", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c93 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ ("target refused" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureRedirectRefused", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c94 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ ~("target usable" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureRedirectTarget", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c95 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ ~(c.redirects < MAX_REDIRECTS)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ ("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureTooManyRedirects", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C9_c96 == \* KHP-STATUS-407-01 KHP-STATUS-407-02 RFC2068-407-01 RFC2068-407-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(ProxyAuth)"
  /\ ("proxy challenge" \in ev.facts)
  /\ PROXY
  /\ ~("proxy tried" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Redirecting", !.marks = (@ \cup {"proxy tried"}), !.plan = "PlanProxyAuth", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Follow") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c97 == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(ProxyAuth)"
  /\ (~("proxy challenge" \in ev.facts) \/ ~PROXY \/ ("proxy tried" \in c.marks))
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c98 == \* KHP-STATUS-426-01 KHP-REDIR-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Upgrade)"
  /\ ("target visited" \in ev.facts)
  /\ ("upgrade to TLS" \in ev.facts)
  /\ UPGRADE
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureRedirectLoop", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c99 == \* KHP-STATUS-426-01 KHP-REDIR-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Upgrade)"
  /\ ("upgrade to TLS" \in ev.facts)
  /\ UPGRADE
  /\ ~(c.redirects < MAX_REDIRECTS)
  /\ ~("target visited" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureTooManyRedirects", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C9_c100 == \* KHP-STATUS-426-01 KHP-STATUS-426-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Upgrade)"
  /\ ("target usable" \in ev.facts)
  /\ ("upgrade to TLS" \in ev.facts)
  /\ UPGRADE
  /\ ~("target visited" \in ev.facts)
  /\ (c.redirects < MAX_REDIRECTS)
  /\ c' = [c EXCEPT !.phase = "Redirecting", !.redirects = @ + 1, !.plan = "PlanUpgrade", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Follow") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c101 == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Upgrade)"
  /\ (~("target visited" \in ev.facts) \/ ~("upgrade to TLS" \in ev.facts) \/ ~UPGRADE)
  /\ (~("upgrade to TLS" \in ev.facts) \/ ~UPGRADE \/ (c.redirects < MAX_REDIRECTS))
  /\ (~("target usable" \in ev.facts) \/ ~("upgrade to TLS" \in ev.facts) \/ ~UPGRADE)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C8_c102 == \* WSP-OPEN-02 WSP-OPEN-03 WSP-OPEN-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C11_c108 == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "ConnectionLost"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C11_c109 == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "TimerExpired(Opening)"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureTimeout"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C47_c116 == \* LIV-11
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "CloseRequested"
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

Client_Opening_ignores ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on \in {"TimerExpired(Response)", "TimerExpired(Wait)", "TimerExpired(Credentials)", "TimerExpired(Overall)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Client_Opening_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on \in {"ConnectRequested", "Connected", "ConnectFailed", "ProceedReceived", "RerouteReceived", "DataReceived", "TerminatorReceived", "BodyWritten", "CredentialsSupplied", "CredentialsDeclined", "PingReceived", "PeerClosed", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

C9_c136 == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitLogin"
  /\ ev.on = "CredentialsSupplied"
  /\ ("new credentials" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Connecting", !.replays = @ + 1]
  /\ orders' = << Timed("StopTimer", "Credentials"), Order("Dial"), Timed("ArmTimer", "Opening") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c137 == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitLogin"
  /\ ev.on = "CredentialsSupplied"
  /\ ~("new credentials" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureCredentialsRefused"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c138 == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitLogin"
  /\ ev.on = "CredentialsDeclined"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureAuthRequired"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C10_c145 == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitLogin"
  /\ ev.on = "TimerExpired(Credentials)"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureCredentialTimeout"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C47_c149 == \* LIV-11
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitLogin"
  /\ ev.on = "CloseRequested"
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

Client_AwaitLogin_ignores ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitLogin"
  /\ ev.on \in {"DataReceived", "TerminatorReceived", "PingReceived", "PeerClosed", "ConnectionLost", "TimerExpired(Opening)", "TimerExpired(Response)", "TimerExpired(Wait)", "TimerExpired(Overall)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Client_AwaitLogin_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitLogin"
  /\ ev.on \in {"ConnectRequested", "Connected", "ConnectFailed", "Opened", "ProceedReceived", "RerouteReceived", "Response(Complete)", "Response(Continue)", "Response(Wait)", "Response(Replay)", "Response(Close)", "Response(RedirectChoice)", "Response(RedirectIfGet)", "Response(ProxyAuth)", "Response(Upgrade)", "Violation", "BodyWritten", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

K2_c154 == \* KHP-EXT-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "ProceedReceived"
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.marks = (@ \cup {"N received"})]
  /\ orders' = << Order("SendRequest"), Timed("StopTimer", "Opening"), Timed("ArmTimer", "Response") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K3_c155 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "RerouteReceived"
  /\ ("target usable" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ (c.redirects < MAX_REDIRECTS)
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.redirects = @ + 1, !.plan = "PlanRedirect"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K4_c156 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "RerouteReceived"
  /\ NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K4_c157 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "RerouteReceived"
  /\ ("target visited" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectLoop"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K4_c158 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "RerouteReceived"
  /\ ("target refused" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectRefused"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K4_c159 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "RerouteReceived"
  /\ ~("target usable" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectTarget"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K4_c160 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "RerouteReceived"
  /\ ~(c.redirects < MAX_REDIRECTS)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ ("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTooManyRedirects"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K5_c161 == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "DataReceived"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K5_c162 == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "TerminatorReceived"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C45_c172 == \* KHP-CLOSE-02 WSP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C39_c176 == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "PingReceived"
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C40_c177 == \* KHP-CLOSE-01 WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "PeerClosed"
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("StopTimers"), Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C44_c178 == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "ConnectionLost"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C46_c179 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "TimerExpired(Opening)"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C46_c183 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "TimerExpired(Overall)"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C47_c186 == \* LIV-11
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "CloseRequested"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

Client_AwaitProceed_ignores ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on \in {"BodyWritten", "TimerExpired(Response)", "TimerExpired(Wait)", "TimerExpired(Credentials)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Client_AwaitProceed_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on \in {"ConnectRequested", "Connected", "ConnectFailed", "Opened", "Response(Complete)", "Response(Continue)", "Response(Wait)", "Response(Replay)", "Response(Close)", "Response(RedirectChoice)", "Response(RedirectIfGet)", "Response(ProxyAuth)", "Response(Upgrade)", "CredentialsSupplied", "CredentialsDeclined", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

K12_c191 == \* KHP-EXT-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "ProceedReceived"
  /\ ("nothing received yet" \in c.marks)
  /\ c' = [c EXCEPT !.marks = ((@ \ {"nothing received yet"}) \cup {"N received"})]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K5_c192 == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "ProceedReceived"
  /\ AUTO
  /\ ~("nothing received yet" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_AwaitResponse_ProceedReceived_193 ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "ProceedReceived"
  /\ ~("nothing received yet" \in c.marks)
  /\ ~AUTO
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

K13_c194 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "RerouteReceived"
  /\ ("target usable" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ (c.redirects < MAX_REDIRECTS)
  /\ ("nothing received yet" \in c.marks)
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.redirects = @ + 1, !.plan = "PlanRedirect"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K4_c195 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "RerouteReceived"
  /\ ("nothing received yet" \in c.marks)
  /\ NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K4_c196 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "RerouteReceived"
  /\ ("target visited" \in ev.facts)
  /\ ("nothing received yet" \in c.marks)
  /\ ~NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectLoop"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K4_c197 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "RerouteReceived"
  /\ ("target refused" \in ev.facts)
  /\ ("nothing received yet" \in c.marks)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectRefused"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K4_c198 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "RerouteReceived"
  /\ ("nothing received yet" \in c.marks)
  /\ ~("target usable" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectTarget"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K4_c199 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "RerouteReceived"
  /\ ("nothing received yet" \in c.marks)
  /\ ~(c.redirects < MAX_REDIRECTS)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ ("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTooManyRedirects"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K5_c200 == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "RerouteReceived"
  /\ AUTO
  /\ ~("nothing received yet" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_AwaitResponse_RerouteReceived_201 ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "RerouteReceived"
  /\ ~("nothing received yet" \in c.marks)
  /\ ~AUTO
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

C12_c202_OPEN_AT_FIRST_BYTE == \* KHP-GEN-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "DataReceived"
  /\ FAULT = "OPEN_AT_FIRST_BYTE" \* INV-01: the client opens when a response begins
  /\ c' = [c EXCEPT !.phase = "Open", !.marks = (@ \ {"late terminator possible", "nothing received yet"})]
  /\ orders' = << Order("StopTimers"), Order("Complete") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C12_c202_DELIVER_EARLY == \* KHP-GEN-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "DataReceived"
  /\ FAULT = "DELIVER_EARLY" \* INV-02: the client's application gets the response as if it were a message
  /\ c' = [c EXCEPT !.phase = "Reading", !.marks = (@ \ {"late terminator possible", "nothing received yet"})]
  /\ orders' = << Order("Deliver") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C12_c202_REQUEST_TWICE == \* KHP-GEN-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "DataReceived"
  /\ FAULT = "REQUEST_TWICE" \* INV-07: the client asks again when a response begins
  /\ c' = [c EXCEPT !.phase = "Reading", !.marks = (@ \ {"late terminator possible", "nothing received yet"})]
  /\ orders' = << Order("SendRequest") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C12_c202_TIMER_STARTED_OVER == \* KHP-GEN-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "DataReceived"
  /\ FAULT = "TIMER_STARTED_OVER" \* INV-39: the client gives the server more time when a response begins
  /\ c' = [c EXCEPT !.phase = "Reading", !.marks = (@ \ {"late terminator possible", "nothing received yet"})]
  /\ orders' = << Timed("ArmTimer", "Response") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C12_c202 == \* KHP-GEN-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "DataReceived"
  /\ FAULT \notin {"OPEN_AT_FIRST_BYTE", "DELIVER_EARLY", "REQUEST_TWICE", "TIMER_STARTED_OVER"}
  /\ c' = [c EXCEPT !.phase = "Reading", !.marks = (@ \ {"late terminator possible", "nothing received yet"})]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C13_c203 == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "TerminatorReceived"
  /\ ("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.marks = (@ \ {"late terminator possible"})]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C13_c204 == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "TerminatorReceived"
  /\ ~("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C45_c214 == \* KHP-CLOSE-02 WSP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C39_c218 == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "PingReceived"
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C40_c219 == \* KHP-CLOSE-01 WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "PeerClosed"
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("StopTimers"), Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C44_c220 == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "ConnectionLost"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_AwaitResponse_TimerExpired_Response_222 ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "TimerExpired(Response)"
  /\ ("wait running" \in c.marks)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

C46_c223 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "TimerExpired(Response)"
  /\ ~("wait running" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C46_c224 == \* KHP-STATUS-202-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "TimerExpired(Wait)"
  /\ ("wait running" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureAcceptedOnly"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_AwaitResponse_TimerExpired_Wait_225 ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "TimerExpired(Wait)"
  /\ ~("wait running" \in c.marks)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

C46_c227 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "TimerExpired(Overall)"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C47_c230 == \* LIV-11
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "CloseRequested"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

Client_AwaitResponse_ignores ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on \in {"BodyWritten", "TimerExpired(Opening)", "TimerExpired(Credentials)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Client_AwaitResponse_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on \in {"ConnectRequested", "Connected", "ConnectFailed", "Opened", "Response(Complete)", "Response(Continue)", "Response(Wait)", "Response(Replay)", "Response(Close)", "Response(RedirectChoice)", "Response(RedirectIfGet)", "Response(ProxyAuth)", "Response(Upgrade)", "CredentialsSupplied", "CredentialsDeclined", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

C14_c237 == \* KHP-GEN-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "DataReceived"
  /\ c' = c
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C18_c239 == \* KHP-GEN-05 KHP-CLOSE-05 KHP-STATUS-101-01 KHP-STATUS-101-02 KHP-STATUS-201-01 KHP-STATUS-204-01 KHP-STATUS-205-01 KHP-EXT-RSP-10
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Complete)"
  /\ ("terminated" \in ev.facts)
  /\ ("accept matches" \in ev.facts)
  /\ ("subprotocol offered" \in ev.facts)
  /\ ("extensions asked" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ ~("N received" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Open", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Complete") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C18_c240 == \* KHP-GEN-05 KHP-CLOSE-05 KHP-STATUS-101-01 KHP-STATUS-101-02 KHP-STATUS-201-01 KHP-STATUS-204-01 KHP-STATUS-205-01 KHP-EXT-RSP-10
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Complete)"
  /\ ("accept matches" \in ev.facts)
  /\ ("subprotocol offered" \in ev.facts)
  /\ ("extensions asked" \in ev.facts)
  /\ ~("terminated" \in ev.facts)
  /\ TERMINATOR_OPTIONAL
  /\ ~("body cut short" \in c.marks)
  /\ ~("N received" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Open", !.marks = (@ \cup {"late terminator possible"}), !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Complete") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K6_c241 == \* KHP-STATUS-101-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Complete)"
  /\ ("terminated" \in ev.facts)
  /\ ("accept matches" \in ev.facts)
  /\ ("subprotocol offered" \in ev.facts)
  /\ ("extensions asked" \in ev.facts)
  /\ ("N received" \in c.marks)
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "AwaitConfirm", !.status = ev.status]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K6_c242 == \* KHP-STATUS-101-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Complete)"
  /\ ("accept matches" \in ev.facts)
  /\ ("subprotocol offered" \in ev.facts)
  /\ ("extensions asked" \in ev.facts)
  /\ ("N received" \in c.marks)
  /\ ~("terminated" \in ev.facts)
  /\ TERMINATOR_OPTIONAL
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "AwaitConfirm", !.marks = (@ \cup {"late terminator possible"}), !.status = ev.status]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C32_c243 == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Complete)"
  /\ ("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C19_c244 == \* KHP-STATUS-101-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Complete)"
  /\ ~("accept matches" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureAcceptMismatch", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C19_c245 == \* KHP-CLOSE-02 WSP-OPEN-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Complete)"
  /\ ~("subprotocol offered" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ ("accept matches" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureProtocolNotRequested", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C19_c246 == \* KHP-CLOSE-03 KHP-EXT-RSP-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Complete)"
  /\ ~("extensions asked" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ ("accept matches" \in ev.facts)
  /\ ("subprotocol offered" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureExtensionNotRequested", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C19_c247 == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Complete)"
  /\ (~("terminated" \in ev.facts) \/ ("N received" \in c.marks))
  /\ (("terminated" \in ev.facts) \/ ~TERMINATOR_OPTIONAL \/ ("N received" \in c.marks))
  /\ (~("terminated" \in ev.facts) \/ ~("N received" \in c.marks))
  /\ (~("N received" \in c.marks) \/ ("terminated" \in ev.facts) \/ ~TERMINATOR_OPTIONAL)
  /\ ~("body cut short" \in c.marks)
  /\ ("accept matches" \in ev.facts)
  /\ ("subprotocol offered" \in ev.facts)
  /\ ("extensions asked" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureMissingTerminator", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C22_c248 == \* RFC2068-100-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Continue)"
  /\ ("terminated" \in ev.facts)
  /\ ("extensions asked" \in ev.facts)
  /\ (c.interim < MAX_INTERIM)
  /\ ("body sent" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.interim = @ + 1, !.status = ev.status]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C22_c249 == \* RFC2068-100-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Continue)"
  /\ ("extensions asked" \in ev.facts)
  /\ (c.interim < MAX_INTERIM)
  /\ ("body sent" \in c.marks)
  /\ ~("terminated" \in ev.facts)
  /\ TERMINATOR_OPTIONAL
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.marks = (@ \cup {"late terminator possible"}), !.interim = @ + 1, !.status = ev.status]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C20_c250 == \* KHP-STATUS-100-01 RFC2068-100-01 RFC2068-100-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Continue)"
  /\ ("terminated" \in ev.facts)
  /\ ("extensions asked" \in ev.facts)
  /\ EXPECT
  /\ (c.interim < MAX_INTERIM)
  /\ ~("body sent" \in c.marks)
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "SendingBody", !.interim = @ + 1, !.status = ev.status]
  /\ orders' = << Order("SendBody") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C20_c251 == \* KHP-STATUS-100-01 RFC2068-100-01 RFC2068-100-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Continue)"
  /\ ("extensions asked" \in ev.facts)
  /\ EXPECT
  /\ (c.interim < MAX_INTERIM)
  /\ ~("terminated" \in ev.facts)
  /\ TERMINATOR_OPTIONAL
  /\ ~("body sent" \in c.marks)
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "SendingBody", !.marks = (@ \cup {"late terminator possible"}), !.interim = @ + 1, !.status = ev.status]
  /\ orders' = << Order("SendBody") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C32_c252 == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Continue)"
  /\ ("body cut short" \in c.marks)
  /\ (~("terminated" \in ev.facts) \/ ~("extensions asked" \in ev.facts) \/ ~(c.interim < MAX_INTERIM) \/ ~("body sent" \in c.marks))
  /\ (~("extensions asked" \in ev.facts) \/ ~(c.interim < MAX_INTERIM) \/ ~("body sent" \in c.marks) \/ ("terminated" \in ev.facts) \/ ~TERMINATOR_OPTIONAL)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C19_c253 == \* KHP-CLOSE-03 KHP-EXT-RSP-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Continue)"
  /\ ~("extensions asked" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureExtensionNotRequested", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C19_c254 == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Continue)"
  /\ ~TERMINATOR_OPTIONAL
  /\ ~("terminated" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ ("extensions asked" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureMissingTerminator", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C23_c255 == \* KHP-STATUS-100-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Continue)"
  /\ ~EXPECT
  /\ (~("terminated" \in ev.facts) \/ ~(c.interim < MAX_INTERIM) \/ ~("body sent" \in c.marks))
  /\ (~(c.interim < MAX_INTERIM) \/ ~("body sent" \in c.marks) \/ ("terminated" \in ev.facts) \/ ~TERMINATOR_OPTIONAL)
  /\ ~("body cut short" \in c.marks)
  /\ ("extensions asked" \in ev.facts)
  /\ (TERMINATOR_OPTIONAL \/ ("terminated" \in ev.facts))
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedContinue", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C26_c256 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Continue)"
  /\ (~("terminated" \in ev.facts) \/ ~(c.interim < MAX_INTERIM) \/ ~("body sent" \in c.marks))
  /\ (~(c.interim < MAX_INTERIM) \/ ~("body sent" \in c.marks) \/ ("terminated" \in ev.facts) \/ ~TERMINATOR_OPTIONAL)
  /\ (~("terminated" \in ev.facts) \/ ~(c.interim < MAX_INTERIM) \/ ("body sent" \in c.marks))
  /\ (~(c.interim < MAX_INTERIM) \/ ("terminated" \in ev.facts) \/ ~TERMINATOR_OPTIONAL \/ ("body sent" \in c.marks))
  /\ ~("body cut short" \in c.marks)
  /\ ("extensions asked" \in ev.facts)
  /\ (TERMINATOR_OPTIONAL \/ ("terminated" \in ev.facts))
  /\ EXPECT
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureInterimLimit", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C24_c257 == \* KHP-STATUS-202-01 RFC2068-202-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Wait)"
  /\ ("terminated" \in ev.facts)
  /\ ("extensions asked" \in ev.facts)
  /\ ~NO_WAIT
  /\ (c.interim < MAX_INTERIM)
  /\ ~("wait running" \in c.marks)
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.marks = (@ \cup {"wait running"}), !.interim = @ + 1, !.status = ev.status]
  /\ orders' = << Timed("StopTimer", "Response"), Timed("ArmTimer", "Wait") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C24_c258 == \* KHP-STATUS-202-01 RFC2068-202-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Wait)"
  /\ ("extensions asked" \in ev.facts)
  /\ ~NO_WAIT
  /\ (c.interim < MAX_INTERIM)
  /\ ~("terminated" \in ev.facts)
  /\ TERMINATOR_OPTIONAL
  /\ ~("wait running" \in c.marks)
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.marks = (@ \cup {"wait running", "late terminator possible"}), !.interim = @ + 1, !.status = ev.status]
  /\ orders' = << Timed("StopTimer", "Response"), Timed("ArmTimer", "Wait") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C24_c259 == \* KHP-STATUS-202-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Wait)"
  /\ ("terminated" \in ev.facts)
  /\ ("extensions asked" \in ev.facts)
  /\ (c.interim < MAX_INTERIM)
  /\ ("wait running" \in c.marks)
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.interim = @ + 1, !.status = ev.status]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C24_c260 == \* KHP-STATUS-202-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Wait)"
  /\ ("extensions asked" \in ev.facts)
  /\ (c.interim < MAX_INTERIM)
  /\ ("wait running" \in c.marks)
  /\ ~("terminated" \in ev.facts)
  /\ TERMINATOR_OPTIONAL
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.marks = (@ \cup {"late terminator possible"}), !.interim = @ + 1, !.status = ev.status]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C32_c261 == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Wait)"
  /\ ("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C19_c262 == \* KHP-CLOSE-03 KHP-EXT-RSP-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Wait)"
  /\ ~("extensions asked" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureExtensionNotRequested", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C19_c263 == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Wait)"
  /\ ~TERMINATOR_OPTIONAL
  /\ ~("terminated" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ ("extensions asked" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureMissingTerminator", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C25_c264 == \* KHP-STATUS-202-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Wait)"
  /\ NO_WAIT
  /\ (~("terminated" \in ev.facts) \/ ~(c.interim < MAX_INTERIM) \/ ~("wait running" \in c.marks))
  /\ (~(c.interim < MAX_INTERIM) \/ ~("wait running" \in c.marks) \/ ("terminated" \in ev.facts) \/ ~TERMINATOR_OPTIONAL)
  /\ ~("body cut short" \in c.marks)
  /\ ("extensions asked" \in ev.facts)
  /\ (TERMINATOR_OPTIONAL \/ ("terminated" \in ev.facts))
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureAcceptedOnly", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C26_c265 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Wait)"
  /\ (~("terminated" \in ev.facts) \/ ~(c.interim < MAX_INTERIM) \/ ("wait running" \in c.marks))
  /\ (~(c.interim < MAX_INTERIM) \/ ("terminated" \in ev.facts) \/ ~TERMINATOR_OPTIONAL \/ ("wait running" \in c.marks))
  /\ (~("terminated" \in ev.facts) \/ ~(c.interim < MAX_INTERIM) \/ ~("wait running" \in c.marks))
  /\ (~(c.interim < MAX_INTERIM) \/ ~("wait running" \in c.marks) \/ ("terminated" \in ev.facts) \/ ~TERMINATOR_OPTIONAL)
  /\ ~("body cut short" \in c.marks)
  /\ ("extensions asked" \in ev.facts)
  /\ (TERMINATOR_OPTIONAL \/ ("terminated" \in ev.facts))
  /\ ~NO_WAIT
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureInterimLimit", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C27_c266_REPLAY_WITHOUT_LIMIT == \* KHP-STATUS-401-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Replay)"
  /\ FAULT = "REPLAY_WITHOUT_LIMIT" \* INV-20: the client replays as often as it is challenged
  /\ ("terminated" \in ev.facts)
  /\ ("extensions asked" \in ev.facts)
  /\ ("challenge usable" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "AwaitCredentials", !.status = ev.status]
  /\ orders' = << Order("AskCredentials"), Timed("StopTimer", "Response"), Timed("PauseTimer", "Wait"), Timed("PauseTimer", "Overall"), Timed("ArmTimer", "Credentials") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C27_c267_REPLAY_WITHOUT_LIMIT == \* KHP-STATUS-401-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Replay)"
  /\ FAULT = "REPLAY_WITHOUT_LIMIT" \* INV-20: the client replays as often as it is challenged
  /\ ("extensions asked" \in ev.facts)
  /\ ("challenge usable" \in ev.facts)
  /\ (c.replays < MAX_REPLAYS)
  /\ ~("terminated" \in ev.facts)
  /\ TERMINATOR_OPTIONAL
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "AwaitCredentials", !.marks = (@ \cup {"late terminator possible"}), !.status = ev.status]
  /\ orders' = << Order("AskCredentials"), Timed("StopTimer", "Response"), Timed("PauseTimer", "Wait"), Timed("PauseTimer", "Overall"), Timed("ArmTimer", "Credentials") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C32_c268_REPLAY_WITHOUT_LIMIT == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Replay)"
  /\ FAULT = "REPLAY_WITHOUT_LIMIT" \* INV-20: the client replays as often as it is challenged
  /\ ("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C19_c269_REPLAY_WITHOUT_LIMIT == \* KHP-CLOSE-03 KHP-EXT-RSP-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Replay)"
  /\ FAULT = "REPLAY_WITHOUT_LIMIT" \* INV-20: the client replays as often as it is challenged
  /\ ~("extensions asked" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureExtensionNotRequested", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C19_c270_REPLAY_WITHOUT_LIMIT == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Replay)"
  /\ FAULT = "REPLAY_WITHOUT_LIMIT" \* INV-20: the client replays as often as it is challenged
  /\ ~TERMINATOR_OPTIONAL
  /\ ~("terminated" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ ("extensions asked" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureMissingTerminator", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C28_c271_REPLAY_WITHOUT_LIMIT == \* KHP-STATUS-401-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Replay)"
  /\ FAULT = "REPLAY_WITHOUT_LIMIT" \* INV-20: the client replays as often as it is challenged
  /\ ~("challenge usable" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ ("extensions asked" \in ev.facts)
  /\ (TERMINATOR_OPTIONAL \/ ("terminated" \in ev.facts))
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureAuthRequired", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C28_c272_REPLAY_WITHOUT_LIMIT == \* KHP-STATUS-401-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Replay)"
  /\ FAULT = "REPLAY_WITHOUT_LIMIT" \* INV-20: the client replays as often as it is challenged
  /\ ~("terminated" \in ev.facts)
  /\ ~(c.replays < MAX_REPLAYS)
  /\ ~("body cut short" \in c.marks)
  /\ ("extensions asked" \in ev.facts)
  /\ TERMINATOR_OPTIONAL
  /\ ("challenge usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureAuthLimit", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C27_c266 == \* KHP-STATUS-401-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Replay)"
  /\ FAULT \notin {"REPLAY_WITHOUT_LIMIT"}
  /\ ("terminated" \in ev.facts)
  /\ ("extensions asked" \in ev.facts)
  /\ ("challenge usable" \in ev.facts)
  /\ (c.replays < MAX_REPLAYS)
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "AwaitCredentials", !.status = ev.status]
  /\ orders' = << Order("AskCredentials"), Timed("StopTimer", "Response"), Timed("PauseTimer", "Wait"), Timed("PauseTimer", "Overall"), Timed("ArmTimer", "Credentials") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C27_c267 == \* KHP-STATUS-401-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Replay)"
  /\ FAULT \notin {"REPLAY_WITHOUT_LIMIT"}
  /\ ("extensions asked" \in ev.facts)
  /\ ("challenge usable" \in ev.facts)
  /\ (c.replays < MAX_REPLAYS)
  /\ ~("terminated" \in ev.facts)
  /\ TERMINATOR_OPTIONAL
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "AwaitCredentials", !.marks = (@ \cup {"late terminator possible"}), !.status = ev.status]
  /\ orders' = << Order("AskCredentials"), Timed("StopTimer", "Response"), Timed("PauseTimer", "Wait"), Timed("PauseTimer", "Overall"), Timed("ArmTimer", "Credentials") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C32_c268 == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Replay)"
  /\ FAULT \notin {"REPLAY_WITHOUT_LIMIT"}
  /\ ("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C19_c269 == \* KHP-CLOSE-03 KHP-EXT-RSP-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Replay)"
  /\ FAULT \notin {"REPLAY_WITHOUT_LIMIT"}
  /\ ~("extensions asked" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureExtensionNotRequested", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C19_c270 == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Replay)"
  /\ FAULT \notin {"REPLAY_WITHOUT_LIMIT"}
  /\ ~TERMINATOR_OPTIONAL
  /\ ~("terminated" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ ("extensions asked" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureMissingTerminator", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C28_c271 == \* KHP-STATUS-401-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Replay)"
  /\ FAULT \notin {"REPLAY_WITHOUT_LIMIT"}
  /\ ~("challenge usable" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ ("extensions asked" \in ev.facts)
  /\ (TERMINATOR_OPTIONAL \/ ("terminated" \in ev.facts))
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureAuthRequired", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C28_c272 == \* KHP-STATUS-401-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Replay)"
  /\ FAULT \notin {"REPLAY_WITHOUT_LIMIT"}
  /\ (~("terminated" \in ev.facts) \/ ~(c.replays < MAX_REPLAYS))
  /\ (~(c.replays < MAX_REPLAYS) \/ ("terminated" \in ev.facts) \/ ~TERMINATOR_OPTIONAL)
  /\ ~("body cut short" \in c.marks)
  /\ ("extensions asked" \in ev.facts)
  /\ (TERMINATOR_OPTIONAL \/ ("terminated" \in ev.facts))
  /\ ("challenge usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureAuthLimit", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C33_c273_REQUEST_AFTER_REFUSAL == \* KHP-CLOSE-02 KHP-EXT-RSP-06 KHP-CLASS-UNLISTED-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Close)"
  /\ FAULT = "REQUEST_AFTER_REFUSAL" \* INV-16: the client asks again after a terminating status
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("SendRequest"), Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C33_c273 == \* KHP-CLOSE-02 KHP-EXT-RSP-06 KHP-CLASS-UNLISTED-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Close)"
  /\ FAULT \notin {"REQUEST_AFTER_REFUSAL"}
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C34_c274_REDIRECT_WITHOUT_LIMIT == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT = "REDIRECT_WITHOUT_LIMIT" \* INV-21: the client follows as often as it is redirected
  /\ ("target usable" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.redirects = @ + 1, !.plan = "PlanRedirect", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c275_REDIRECT_WITHOUT_LIMIT == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT = "REDIRECT_WITHOUT_LIMIT" \* INV-21: the client follows as often as it is redirected
  /\ NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c276_REDIRECT_WITHOUT_LIMIT == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT = "REDIRECT_WITHOUT_LIMIT" \* INV-21: the client follows as often as it is redirected
  /\ ("target visited" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectLoop", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c277_REDIRECT_WITHOUT_LIMIT == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT = "REDIRECT_WITHOUT_LIMIT" \* INV-21: the client follows as often as it is redirected
  /\ ("target refused" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectRefused", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c278_REDIRECT_WITHOUT_LIMIT == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT = "REDIRECT_WITHOUT_LIMIT" \* INV-21: the client follows as often as it is redirected
  /\ ~("target usable" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectTarget", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c279_REDIRECT_WITHOUT_LIMIT == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT = "REDIRECT_WITHOUT_LIMIT" \* INV-21: the client follows as often as it is redirected
  /\ FALSE
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ ("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTooManyRedirects", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C34_c274_FOLLOW_AT_ONCE == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT = "FOLLOW_AT_ONCE" \* INV-28: the client goes on while the old connection is up
  /\ ("target usable" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ (c.redirects < MAX_REDIRECTS)
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Redirecting", !.redirects = @ + 1, !.plan = "PlanRedirect", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Follow") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c275_FOLLOW_AT_ONCE == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT = "FOLLOW_AT_ONCE" \* INV-28: the client goes on while the old connection is up
  /\ NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c276_FOLLOW_AT_ONCE == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT = "FOLLOW_AT_ONCE" \* INV-28: the client goes on while the old connection is up
  /\ ("target visited" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectLoop", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c277_FOLLOW_AT_ONCE == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT = "FOLLOW_AT_ONCE" \* INV-28: the client goes on while the old connection is up
  /\ ("target refused" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectRefused", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c278_FOLLOW_AT_ONCE == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT = "FOLLOW_AT_ONCE" \* INV-28: the client goes on while the old connection is up
  /\ ~("target usable" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectTarget", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c279_FOLLOW_AT_ONCE == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT = "FOLLOW_AT_ONCE" \* INV-28: the client goes on while the old connection is up
  /\ ~(c.redirects < MAX_REDIRECTS)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ ("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTooManyRedirects", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C34_c274 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT \notin {"REDIRECT_WITHOUT_LIMIT", "FOLLOW_AT_ONCE"}
  /\ ("target usable" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ (c.redirects < MAX_REDIRECTS)
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.redirects = @ + 1, !.plan = "PlanRedirect", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c275 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT \notin {"REDIRECT_WITHOUT_LIMIT", "FOLLOW_AT_ONCE"}
  /\ NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c276 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT \notin {"REDIRECT_WITHOUT_LIMIT", "FOLLOW_AT_ONCE"}
  /\ ("target visited" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectLoop", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c277 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT \notin {"REDIRECT_WITHOUT_LIMIT", "FOLLOW_AT_ONCE"}
  /\ ("target refused" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectRefused", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c278 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT \notin {"REDIRECT_WITHOUT_LIMIT", "FOLLOW_AT_ONCE"}
  /\ ~("target usable" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectTarget", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c279 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT \notin {"REDIRECT_WITHOUT_LIMIT", "FOLLOW_AT_ONCE"}
  /\ ~(c.redirects < MAX_REDIRECTS)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ ("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTooManyRedirects", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C34_c280 == \* KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ ("target usable" \in ev.facts)
  /\ ~OTHER_METHOD
  /\ ~NO_REDIRECTS
  /\ (c.redirects < MAX_REDIRECTS)
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.redirects = @ + 1, !.plan = "PlanRedirect", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c281 == \* KHP-STATUS-307-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ OTHER_METHOD
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectMethod", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c282 == \* KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ NO_REDIRECTS
  /\ ~OTHER_METHOD
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c283 == \* KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ ("target visited" \in ev.facts)
  /\ ~OTHER_METHOD
  /\ ~NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectLoop", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c284 == \* KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ ("target refused" \in ev.facts)
  /\ ~OTHER_METHOD
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectRefused", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c285 == \* KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ ~("target usable" \in ev.facts)
  /\ ~OTHER_METHOD
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectTarget", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C35_c286 == \* KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ ~(c.redirects < MAX_REDIRECTS)
  /\ ~OTHER_METHOD
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ ("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTooManyRedirects", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C36_c287 == \* KHP-STATUS-407-01 KHP-STATUS-407-02 RFC2068-407-01 RFC2068-407-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(ProxyAuth)"
  /\ ("proxy challenge" \in ev.facts)
  /\ PROXY
  /\ ~("proxy tried" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"proxy tried"}), !.plan = "PlanProxyAuth", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C38_c288 == \* KHP-STATUS-407-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(ProxyAuth)"
  /\ (~("proxy challenge" \in ev.facts) \/ ~PROXY \/ ("proxy tried" \in c.marks))
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C38_c289 == \* KHP-STATUS-426-01 KHP-REDIR-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Upgrade)"
  /\ ("target visited" \in ev.facts)
  /\ ("upgrade to TLS" \in ev.facts)
  /\ UPGRADE
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectLoop", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C38_c290 == \* KHP-STATUS-426-01 KHP-REDIR-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Upgrade)"
  /\ ("upgrade to TLS" \in ev.facts)
  /\ UPGRADE
  /\ ~(c.redirects < MAX_REDIRECTS)
  /\ ~("target visited" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTooManyRedirects", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C37_c291 == \* KHP-STATUS-426-01 KHP-STATUS-426-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Upgrade)"
  /\ ("target usable" \in ev.facts)
  /\ ("upgrade to TLS" \in ev.facts)
  /\ UPGRADE
  /\ ~("target visited" \in ev.facts)
  /\ (c.redirects < MAX_REDIRECTS)
  /\ c' = [c EXCEPT !.phase = "Closing", !.redirects = @ + 1, !.plan = "PlanUpgrade", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C38_c292 == \* KHP-STATUS-426-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Upgrade)"
  /\ (~("target visited" \in ev.facts) \/ ~("upgrade to TLS" \in ev.facts) \/ ~UPGRADE)
  /\ (~("upgrade to TLS" \in ev.facts) \/ ~UPGRADE \/ (c.redirects < MAX_REDIRECTS))
  /\ (~("target usable" \in ev.facts) \/ ~("upgrade to TLS" \in ev.facts) \/ ~UPGRADE)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C45_c293 == \* KHP-CLOSE-02 WSP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C39_c297 == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "PingReceived"
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C42_c298 == \* KHP-CLOSE-01 KHP-CLOSE-04 WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "PeerClosed"
  /\ ("response complete" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureMissingTerminator"]
  /\ orders' = << Order("StopTimers"), Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C42_c299 == \* KHP-CLOSE-01 WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "PeerClosed"
  /\ ~("response complete" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("StopTimers"), Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C44_c300 == \* KHP-CLOSE-01 KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "ConnectionLost"
  /\ ("response complete" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureMissingTerminator"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C44_c301 == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "ConnectionLost"
  /\ ~("response complete" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_Reading_TimerExpired_Response_303 ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "TimerExpired(Response)"
  /\ ("wait running" \in c.marks)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

C46_c304 == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "TimerExpired(Response)"
  /\ ("response complete" \in ev.facts)
  /\ ~("wait running" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureMissingTerminator"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C46_c305 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "TimerExpired(Response)"
  /\ ~("wait running" \in c.marks)
  /\ ~("response complete" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C46_c306 == \* KHP-STATUS-202-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "TimerExpired(Wait)"
  /\ ("wait running" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureAcceptedOnly"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_Reading_TimerExpired_Wait_307 ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "TimerExpired(Wait)"
  /\ ~("wait running" \in c.marks)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

C46_c309 == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "TimerExpired(Overall)"
  /\ ("response complete" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureMissingTerminator"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C46_c310 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "TimerExpired(Overall)"
  /\ ~("response complete" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C47_c313 == \* LIV-11
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "CloseRequested"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

Client_Reading_ignores ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on \in {"BodyWritten", "TimerExpired(Opening)", "TimerExpired(Credentials)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Client_Reading_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on \in {"ConnectRequested", "Connected", "ConnectFailed", "Opened", "ProceedReceived", "RerouteReceived", "TerminatorReceived", "CredentialsSupplied", "CredentialsDeclined", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

C32_c320 == \* KHP-STATUS-100-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "DataReceived"
  /\ c' = [c EXCEPT !.phase = "Reading", !.marks = (@ \cup {"body cut short"})]
  /\ orders' = << Order("StopBody") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C13_c321 == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "TerminatorReceived"
  /\ ("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.marks = (@ \ {"late terminator possible"})]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C13_c322 == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "TerminatorReceived"
  /\ ~("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C45_c332 == \* KHP-CLOSE-02 WSP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C21_c333 == \* KHP-STATUS-100-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "BodyWritten"
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.marks = (@ \cup {"body sent"})]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C39_c336 == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "PingReceived"
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C40_c337 == \* KHP-CLOSE-01 WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "PeerClosed"
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("StopTimers"), Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C44_c338 == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "ConnectionLost"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_SendingBody_TimerExpired_Response_340 ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "TimerExpired(Response)"
  /\ ("wait running" \in c.marks)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

C46_c341 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "TimerExpired(Response)"
  /\ ~("wait running" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C46_c342 == \* KHP-STATUS-202-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "TimerExpired(Wait)"
  /\ ("wait running" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureAcceptedOnly"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_SendingBody_TimerExpired_Wait_343 ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "TimerExpired(Wait)"
  /\ ~("wait running" \in c.marks)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

C46_c345 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "TimerExpired(Overall)"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C47_c348 == \* LIV-11
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "CloseRequested"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

Client_SendingBody_ignores ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on \in {"TimerExpired(Opening)", "TimerExpired(Credentials)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Client_SendingBody_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on \in {"ConnectRequested", "Connected", "ConnectFailed", "Opened", "ProceedReceived", "RerouteReceived", "Response(Complete)", "Response(Continue)", "Response(Wait)", "Response(Replay)", "Response(Close)", "Response(RedirectChoice)", "Response(RedirectIfGet)", "Response(ProxyAuth)", "Response(Upgrade)", "CredentialsSupplied", "CredentialsDeclined", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

C31_c355 == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "DataReceived"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C13_c356 == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "TerminatorReceived"
  /\ ("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.marks = (@ \ {"late terminator possible"})]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C31_c357 == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "TerminatorReceived"
  /\ ~("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C45_c367 == \* KHP-CLOSE-02 WSP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C29_c369 == \* KHP-STATUS-401-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "CredentialsSupplied"
  /\ ("new credentials" \in ev.facts)
  /\ ~("wait running" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.marks = (@ \ {"body sent"}), !.replays = @ + 1]
  /\ orders' = << Order("ReplayRequest"), Timed("StopTimer", "Credentials"), Timed("ArmTimer", "Response"), Timed("ResumeTimer", "Overall") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C29_c370 == \* KHP-STATUS-401-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "CredentialsSupplied"
  /\ ("new credentials" \in ev.facts)
  /\ ("wait running" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.marks = (@ \ {"body sent"}), !.replays = @ + 1]
  /\ orders' = << Order("ReplayRequest"), Timed("StopTimer", "Credentials"), Timed("ResumeTimer", "Wait"), Timed("ResumeTimer", "Overall") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C30_c371 == \* KHP-STATUS-401-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "CredentialsSupplied"
  /\ (~("new credentials" \in ev.facts) \/ ("wait running" \in c.marks))
  /\ (~("new credentials" \in ev.facts) \/ ~("wait running" \in c.marks))
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureCredentialsRefused"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C30_c372 == \* KHP-STATUS-401-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "CredentialsDeclined"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureAuthRequired"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C39_c373 == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "PingReceived"
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C40_c374 == \* KHP-CLOSE-01 WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "PeerClosed"
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("StopTimers"), Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C44_c375 == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "ConnectionLost"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C30_c379 == \* KHP-STATUS-401-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "TimerExpired(Credentials)"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureCredentialTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C47_c383 == \* LIV-11
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "CloseRequested"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

Client_AwaitCredentials_ignores ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on \in {"BodyWritten", "TimerExpired(Opening)", "TimerExpired(Response)", "TimerExpired(Wait)", "TimerExpired(Overall)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Client_AwaitCredentials_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on \in {"ConnectRequested", "Connected", "ConnectFailed", "Opened", "ProceedReceived", "RerouteReceived", "Response(Complete)", "Response(Continue)", "Response(Wait)", "Response(Replay)", "Response(Close)", "Response(RedirectChoice)", "Response(RedirectIfGet)", "Response(ProxyAuth)", "Response(Upgrade)", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

K7_c388 == \* KHP-GEN-05 KHP-CLOSE-05 KHP-STATUS-101-01 KHP-STATUS-101-02 KHP-STATUS-201-01 KHP-STATUS-204-01 KHP-STATUS-205-01 KHP-EXT-RSP-10
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "ProceedReceived"
  /\ c' = [c EXCEPT !.phase = "Open"]
  /\ orders' = << Order("StopTimers"), Order("Complete") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K8_c389 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "RerouteReceived"
  /\ ("target usable" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ (c.redirects < MAX_REDIRECTS)
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.redirects = @ + 1, !.plan = "PlanRedirect"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K4_c390 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "RerouteReceived"
  /\ NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K4_c391 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "RerouteReceived"
  /\ ("target visited" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectLoop"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K4_c392 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "RerouteReceived"
  /\ ("target refused" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectRefused"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K4_c393 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "RerouteReceived"
  /\ ~("target usable" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectTarget"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K4_c394 == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "RerouteReceived"
  /\ ~(c.redirects < MAX_REDIRECTS)
  /\ ~NO_REDIRECTS
  /\ ~("target visited" \in ev.facts)
  /\ ~("target refused" \in ev.facts)
  /\ ("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTooManyRedirects"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K5_c395 == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "DataReceived"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C13_c396 == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "TerminatorReceived"
  /\ ("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.marks = (@ \ {"late terminator possible"})]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

K5_c397 == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "TerminatorReceived"
  /\ ~("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C45_c407 == \* KHP-CLOSE-02 WSP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C39_c411 == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "PingReceived"
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C40_c412 == \* KHP-CLOSE-01 WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "PeerClosed"
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("StopTimers"), Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C44_c413 == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "ConnectionLost"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_AwaitConfirm_TimerExpired_Response_415 ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "TimerExpired(Response)"
  /\ ("wait running" \in c.marks)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

C46_c416 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "TimerExpired(Response)"
  /\ ~("wait running" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C46_c417 == \* KHP-STATUS-202-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "TimerExpired(Wait)"
  /\ ("wait running" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureAcceptedOnly"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_AwaitConfirm_TimerExpired_Wait_418 ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "TimerExpired(Wait)"
  /\ ~("wait running" \in c.marks)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

C46_c420 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "TimerExpired(Overall)"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C47_c423 == \* LIV-11
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "CloseRequested"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

Client_AwaitConfirm_ignores ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on \in {"BodyWritten", "TimerExpired(Opening)", "TimerExpired(Credentials)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Client_AwaitConfirm_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on \in {"ConnectRequested", "Connected", "ConnectFailed", "Opened", "Response(Complete)", "Response(Continue)", "Response(Wait)", "Response(Replay)", "Response(Close)", "Response(RedirectChoice)", "Response(RedirectIfGet)", "Response(ProxyAuth)", "Response(Upgrade)", "CredentialsSupplied", "CredentialsDeclined", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

C55_c430 == \* KHP-GEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "DataReceived"
  /\ c' = [c EXCEPT !.marks = (@ \ {"late terminator possible"})]
  /\ orders' = << Order("Deliver") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C55_c431 == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "TerminatorReceived"
  /\ ("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.marks = (@ \ {"late terminator possible"})]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C55_c432 == \* KHP-GEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "TerminatorReceived"
  /\ ~("late terminator possible" \in c.marks)
  /\ c' = c
  /\ orders' = << Order("Deliver") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C56_c442 == \* WSP-CLOSE-02 WSP-FRAME-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C39_c446 == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "PingReceived"
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_Open_PeerClosed_447_CLOSE_UNEXPECTED ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "PeerClosed"
  /\ FAULT = "CLOSE_UNEXPECTED" \* TOTAL: the client does not know that a peer may close
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

C56_c447 == \* WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "PeerClosed"
  /\ FAULT \notin {"CLOSE_UNEXPECTED"}
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose"]
  /\ orders' = << Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C56_c448 == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "ConnectionLost"
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C55_c455 == \* KHP-GEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "SendRequested"
  /\ c' = c
  /\ orders' = << Order("SendMessage") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C56_c456 == \* LIV-11
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "CloseRequested"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose"]
  /\ orders' = << Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

Client_Open_ignores ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on \in {"BodyWritten", "CredentialsSupplied", "CredentialsDeclined", "TimerExpired(Opening)", "TimerExpired(Response)", "TimerExpired(Wait)", "TimerExpired(Credentials)", "TimerExpired(Overall)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Client_Open_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on \in {"ConnectRequested", "Connected", "ConnectFailed", "Opened", "ProceedReceived", "RerouteReceived", "Response(Complete)", "Response(Continue)", "Response(Wait)", "Response(Replay)", "Response(Close)", "Response(RedirectChoice)", "Response(RedirectIfGet)", "Response(ProxyAuth)", "Response(Upgrade)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

C55_c463 == \* KHP-GEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on = "DataReceived"
  /\ c' = c
  /\ orders' = << Order("Deliver") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C55_c464 == \* KHP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on = "TerminatorReceived"
  /\ c' = c
  /\ orders' = << Order("Deliver") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C56_c474 == \* WSP-CLOSE-02 WSP-FRAME-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C39_c478 == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on = "PingReceived"
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C56_c479 == \* WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on = "PeerClosed"
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose"]
  /\ orders' = << Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C56_c480 == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on = "ConnectionLost"
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C55_c487 == \* KHP-GEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on = "SendRequested"
  /\ c' = c
  /\ orders' = << Order("SendMessage") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C56_c488 == \* LIV-11
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on = "CloseRequested"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose"]
  /\ orders' = << Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

Client_Plain_ignores ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on \in {"BodyWritten", "CredentialsSupplied", "CredentialsDeclined", "TimerExpired(Opening)", "TimerExpired(Response)", "TimerExpired(Wait)", "TimerExpired(Credentials)", "TimerExpired(Overall)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Client_Plain_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on \in {"ConnectRequested", "Connected", "ConnectFailed", "Opened", "ProceedReceived", "RerouteReceived", "Response(Complete)", "Response(Continue)", "Response(Wait)", "Response(Replay)", "Response(Close)", "Response(RedirectChoice)", "Response(RedirectIfGet)", "Response(ProxyAuth)", "Response(Upgrade)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

C52_c506 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "Violation"
  /\ ("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Failed"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C53_c507 == \* LIV-07
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "Violation"
  /\ ("plan close" \in c.marks)
  /\ ~("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C51_c508 == \* KHP-REDIR-02 KHP-REDIR-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "Violation"
  /\ ~("plan fail" \in c.marks)
  /\ ~("plan close" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Redirecting"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Follow") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_Closing_PingReceived_512 ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "PingReceived"
  /\ ("plan fail" \in c.marks)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

C50_c513 == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "PingReceived"
  /\ ~("plan fail" \in c.marks)
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C49_c514_SECOND_CLOSE == \* WSP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "PeerClosed"
  /\ FAULT = "SECOND_CLOSE" \* WSP-FRAME-06: the client answers the answer to its Close
  /\ c' = [c EXCEPT !.phase = "Draining"]
  /\ orders' = << Order("SendClose") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C49_c514 == \* WSP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "PeerClosed"
  /\ FAULT \notin {"SECOND_CLOSE"}
  /\ c' = [c EXCEPT !.phase = "Draining"]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C52_c515_NO_END == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "ConnectionLost"
  /\ FAULT = "NO_END" \* INV-05: the client forgets to tell that it failed
  /\ ("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Failed"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C53_c516_NO_END == \* LIV-07
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "ConnectionLost"
  /\ FAULT = "NO_END" \* INV-05: the client forgets to tell that it failed
  /\ ("plan close" \in c.marks)
  /\ ~("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C51_c517_NO_END == \* KHP-REDIR-02 KHP-REDIR-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "ConnectionLost"
  /\ FAULT = "NO_END" \* INV-05: the client forgets to tell that it failed
  /\ ~("plan fail" \in c.marks)
  /\ ~("plan close" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Redirecting"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Follow") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C52_c515_TWO_ENDS == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "ConnectionLost"
  /\ FAULT = "TWO_ENDS" \* INV-05: the client tells its end twice
  /\ ("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Failed"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C53_c516_TWO_ENDS == \* LIV-07
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "ConnectionLost"
  /\ FAULT = "TWO_ENDS" \* INV-05: the client tells its end twice
  /\ ("plan close" \in c.marks)
  /\ ~("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C51_c517_TWO_ENDS == \* KHP-REDIR-02 KHP-REDIR-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "ConnectionLost"
  /\ FAULT = "TWO_ENDS" \* INV-05: the client tells its end twice
  /\ ~("plan fail" \in c.marks)
  /\ ~("plan close" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Redirecting"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Follow") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C52_c515 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "ConnectionLost"
  /\ FAULT \notin {"NO_END", "TWO_ENDS"}
  /\ ("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Failed"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C53_c516 == \* LIV-07
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "ConnectionLost"
  /\ FAULT \notin {"NO_END", "TWO_ENDS"}
  /\ ("plan close" \in c.marks)
  /\ ~("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C51_c517 == \* KHP-REDIR-02 KHP-REDIR-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "ConnectionLost"
  /\ FAULT \notin {"NO_END", "TWO_ENDS"}
  /\ ~("plan fail" \in c.marks)
  /\ ~("plan close" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Redirecting"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Follow") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C52_c523 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "TimerExpired(Close)"
  /\ ("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Failed"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C53_c524 == \* LIV-07
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "TimerExpired(Close)"
  /\ ("plan close" \in c.marks)
  /\ ~("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C51_c525 == \* KHP-REDIR-02 KHP-REDIR-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "TimerExpired(Close)"
  /\ ~("plan fail" \in c.marks)
  /\ ~("plan close" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Redirecting"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Follow") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_Closing_CloseRequested_527 ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "CloseRequested"
  /\ ("plan fail" \in c.marks)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

C_Closing_CloseRequested_528 ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "CloseRequested"
  /\ ("plan close" \in c.marks)
  /\ ~("plan fail" \in c.marks)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

C47_c529 == \* LIV-11
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "CloseRequested"
  /\ ~("plan fail" \in c.marks)
  /\ ~("plan close" \in c.marks)
  /\ c' = [c EXCEPT !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose"]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

Client_Closing_ignores ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on \in {"DataReceived", "TerminatorReceived", "BodyWritten", "CredentialsSupplied", "CredentialsDeclined", "TimerExpired(Opening)", "TimerExpired(Response)", "TimerExpired(Wait)", "TimerExpired(Credentials)", "TimerExpired(Overall)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Client_Closing_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on \in {"ConnectRequested", "Connected", "ConnectFailed", "Opened", "ProceedReceived", "RerouteReceived", "Response(Complete)", "Response(Continue)", "Response(Wait)", "Response(Replay)", "Response(Close)", "Response(RedirectChoice)", "Response(RedirectIfGet)", "Response(ProxyAuth)", "Response(Upgrade)", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

C52_c547 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "Violation"
  /\ ("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Failed"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C53_c548 == \* LIV-07
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "Violation"
  /\ ("plan close" \in c.marks)
  /\ ~("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C51_c549 == \* KHP-REDIR-02 KHP-REDIR-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "Violation"
  /\ ~("plan fail" \in c.marks)
  /\ ~("plan close" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Redirecting"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Follow") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C52_c555 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "ConnectionLost"
  /\ ("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Failed"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C53_c556 == \* LIV-07
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "ConnectionLost"
  /\ ("plan close" \in c.marks)
  /\ ~("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C51_c557 == \* KHP-REDIR-02 KHP-REDIR-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "ConnectionLost"
  /\ ~("plan fail" \in c.marks)
  /\ ~("plan close" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Redirecting"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Follow") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C52_c563 == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "TimerExpired(Close)"
  /\ ("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Failed"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C53_c564 == \* LIV-07
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "TimerExpired(Close)"
  /\ ("plan close" \in c.marks)
  /\ ~("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C51_c565 == \* KHP-REDIR-02 KHP-REDIR-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "TimerExpired(Close)"
  /\ ~("plan fail" \in c.marks)
  /\ ~("plan close" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Redirecting"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Follow") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_Draining_CloseRequested_567 ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "CloseRequested"
  /\ ("plan fail" \in c.marks)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

C_Draining_CloseRequested_568 ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "CloseRequested"
  /\ ("plan close" \in c.marks)
  /\ ~("plan fail" \in c.marks)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

C47_c569 == \* LIV-11
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "CloseRequested"
  /\ ~("plan fail" \in c.marks)
  /\ ~("plan close" \in c.marks)
  /\ c' = [c EXCEPT !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose"]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

Client_Draining_ignores ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on \in {"DataReceived", "TerminatorReceived", "BodyWritten", "CredentialsSupplied", "CredentialsDeclined", "PingReceived", "PeerClosed", "TimerExpired(Opening)", "TimerExpired(Response)", "TimerExpired(Wait)", "TimerExpired(Credentials)", "TimerExpired(Overall)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Client_Draining_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on \in {"ConnectRequested", "Connected", "ConnectFailed", "Opened", "ProceedReceived", "RerouteReceived", "Response(Complete)", "Response(Continue)", "Response(Wait)", "Response(Replay)", "Response(Close)", "Response(RedirectChoice)", "Response(RedirectIfGet)", "Response(ProxyAuth)", "Response(Upgrade)", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

C54_c570 == \* KHP-REDIR-03 WSP-OPEN-07
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Redirecting"
  /\ ev.on = "ConnectRequested"
  /\ ("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Connecting", !.marks = (@ \cap {"proxy tried"}), !.interim = 0, !.replays = 0, !.plan = "none", !.failure = "none", !.status = 0]
  /\ orders' = << Order("Dial"), Timed("ArmTimer", "Opening") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C54_c571 == \* WSP-URI-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Redirecting"
  /\ ev.on = "ConnectRequested"
  /\ ~("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureURL"]
  /\ orders' = << Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C47_c602 == \* LIV-11
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Redirecting"
  /\ ev.on = "CloseRequested"
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

Client_Redirecting_ignores ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Redirecting"
  /\ ev.on \in {"DataReceived", "TerminatorReceived", "Violation", "BodyWritten", "CredentialsSupplied", "CredentialsDeclined", "PingReceived", "PeerClosed", "ConnectionLost", "TimerExpired(Opening)", "TimerExpired(Response)", "TimerExpired(Wait)", "TimerExpired(Credentials)", "TimerExpired(Overall)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Client_Redirecting_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Redirecting"
  /\ ev.on \in {"Connected", "ConnectFailed", "Opened", "ProceedReceived", "RerouteReceived", "Response(Complete)", "Response(Continue)", "Response(Wait)", "Response(Replay)", "Response(Close)", "Response(RedirectChoice)", "Response(RedirectIfGet)", "Response(ProxyAuth)", "Response(Upgrade)", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

Client_Done_ignores ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Done"
  /\ ev.on \in {"Connected", "ConnectFailed", "DataReceived", "TerminatorReceived", "Violation", "BodyWritten", "CredentialsSupplied", "CredentialsDeclined", "PingReceived", "PeerClosed", "ConnectionLost", "TimerExpired(Opening)", "TimerExpired(Response)", "TimerExpired(Wait)", "TimerExpired(Credentials)", "TimerExpired(Overall)", "TimerExpired(Close)", "CloseRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Client_Done_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Done"
  /\ ev.on \in {"ConnectRequested", "Opened", "ProceedReceived", "RerouteReceived", "Response(Complete)", "Response(Continue)", "Response(Wait)", "Response(Replay)", "Response(Close)", "Response(RedirectChoice)", "Response(RedirectIfGet)", "Response(ProxyAuth)", "Response(Upgrade)", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

Client_Failed_ignores ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Failed"
  /\ ev.on \in {"Connected", "ConnectFailed", "DataReceived", "TerminatorReceived", "Violation", "BodyWritten", "CredentialsSupplied", "CredentialsDeclined", "PingReceived", "PeerClosed", "ConnectionLost", "TimerExpired(Opening)", "TimerExpired(Response)", "TimerExpired(Wait)", "TimerExpired(Credentials)", "TimerExpired(Overall)", "TimerExpired(Close)", "CloseRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Client_Failed_refuses ==
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Failed"
  /\ ev.on \in {"ConnectRequested", "Opened", "ProceedReceived", "RerouteReceived", "Response(Complete)", "Response(Continue)", "Response(Wait)", "Response(Replay)", "Response(Close)", "Response(RedirectChoice)", "Response(RedirectIfGet)", "Response(ProxyAuth)", "Response(Upgrade)", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

ClientRows ==
  \/ C1_c0
  \/ C2_c1
  \/ C47_c32
  \/ Client_Idle_refuses
  \/ C3_c34_REQUEST_TOO_EARLY
  \/ C3_c34
  \/ C4_c35
  \/ C4_c56
  \/ C4_c57
  \/ C47_c64
  \/ Client_Connecting_ignores
  \/ Client_Connecting_refuses
  \/ C5_c68_SEND_EARLY
  \/ K11_c69_SEND_EARLY
  \/ K1_c70_SEND_EARLY
  \/ C6_c71_SEND_EARLY
  \/ C7_c72_SEND_EARLY
  \/ C5_c68_BODY_UNASKED
  \/ K11_c69_BODY_UNASKED
  \/ K1_c70_BODY_UNASKED
  \/ C6_c71_BODY_UNASKED
  \/ C7_c72_BODY_UNASKED
  \/ C5_c68_REPLAY_UNASKED
  \/ K11_c69_REPLAY_UNASKED
  \/ K1_c70_REPLAY_UNASKED
  \/ C6_c71_REPLAY_UNASKED
  \/ C7_c72_REPLAY_UNASKED
  \/ C5_c68
  \/ K11_c69
  \/ K1_c70
  \/ C6_c71
  \/ C7_c72
  \/ C10_c77
  \/ C10_c78
  \/ C10_c79
  \/ C10_c80
  \/ C10_c81
  \/ C9_c82
  \/ C10_c83
  \/ C9_c84
  \/ C10_c85
  \/ C10_c86
  \/ C10_c87
  \/ C10_c88
  \/ C10_c89
  \/ C9_c90
  \/ C10_c91
  \/ C10_c92
  \/ C10_c93
  \/ C10_c94
  \/ C10_c95
  \/ C9_c96
  \/ C10_c97
  \/ C10_c98
  \/ C10_c99
  \/ C9_c100
  \/ C10_c101
  \/ C8_c102
  \/ C11_c108
  \/ C11_c109
  \/ C47_c116
  \/ Client_Opening_ignores
  \/ Client_Opening_refuses
  \/ C9_c136
  \/ C10_c137
  \/ C10_c138
  \/ C10_c145
  \/ C47_c149
  \/ Client_AwaitLogin_ignores
  \/ Client_AwaitLogin_refuses
  \/ K2_c154
  \/ K3_c155
  \/ K4_c156
  \/ K4_c157
  \/ K4_c158
  \/ K4_c159
  \/ K4_c160
  \/ K5_c161
  \/ K5_c162
  \/ C45_c172
  \/ C39_c176
  \/ C40_c177
  \/ C44_c178
  \/ C46_c179
  \/ C46_c183
  \/ C47_c186
  \/ Client_AwaitProceed_ignores
  \/ Client_AwaitProceed_refuses
  \/ K12_c191
  \/ K5_c192
  \/ C_AwaitResponse_ProceedReceived_193
  \/ K13_c194
  \/ K4_c195
  \/ K4_c196
  \/ K4_c197
  \/ K4_c198
  \/ K4_c199
  \/ K5_c200
  \/ C_AwaitResponse_RerouteReceived_201
  \/ C12_c202_OPEN_AT_FIRST_BYTE
  \/ C12_c202_DELIVER_EARLY
  \/ C12_c202_REQUEST_TWICE
  \/ C12_c202_TIMER_STARTED_OVER
  \/ C12_c202
  \/ C13_c203
  \/ C13_c204
  \/ C45_c214
  \/ C39_c218
  \/ C40_c219
  \/ C44_c220
  \/ C_AwaitResponse_TimerExpired_Response_222
  \/ C46_c223
  \/ C46_c224
  \/ C_AwaitResponse_TimerExpired_Wait_225
  \/ C46_c227
  \/ C47_c230
  \/ Client_AwaitResponse_ignores
  \/ Client_AwaitResponse_refuses
  \/ C14_c237
  \/ C18_c239
  \/ C18_c240
  \/ K6_c241
  \/ K6_c242
  \/ C32_c243
  \/ C19_c244
  \/ C19_c245
  \/ C19_c246
  \/ C19_c247
  \/ C22_c248
  \/ C22_c249
  \/ C20_c250
  \/ C20_c251
  \/ C32_c252
  \/ C19_c253
  \/ C19_c254
  \/ C23_c255
  \/ C26_c256
  \/ C24_c257
  \/ C24_c258
  \/ C24_c259
  \/ C24_c260
  \/ C32_c261
  \/ C19_c262
  \/ C19_c263
  \/ C25_c264
  \/ C26_c265
  \/ C27_c266_REPLAY_WITHOUT_LIMIT
  \/ C27_c267_REPLAY_WITHOUT_LIMIT
  \/ C32_c268_REPLAY_WITHOUT_LIMIT
  \/ C19_c269_REPLAY_WITHOUT_LIMIT
  \/ C19_c270_REPLAY_WITHOUT_LIMIT
  \/ C28_c271_REPLAY_WITHOUT_LIMIT
  \/ C28_c272_REPLAY_WITHOUT_LIMIT
  \/ C27_c266
  \/ C27_c267
  \/ C32_c268
  \/ C19_c269
  \/ C19_c270
  \/ C28_c271
  \/ C28_c272
  \/ C33_c273_REQUEST_AFTER_REFUSAL
  \/ C33_c273
  \/ C34_c274_REDIRECT_WITHOUT_LIMIT
  \/ C35_c275_REDIRECT_WITHOUT_LIMIT
  \/ C35_c276_REDIRECT_WITHOUT_LIMIT
  \/ C35_c277_REDIRECT_WITHOUT_LIMIT
  \/ C35_c278_REDIRECT_WITHOUT_LIMIT
  \/ C35_c279_REDIRECT_WITHOUT_LIMIT
  \/ C34_c274_FOLLOW_AT_ONCE
  \/ C35_c275_FOLLOW_AT_ONCE
  \/ C35_c276_FOLLOW_AT_ONCE
  \/ C35_c277_FOLLOW_AT_ONCE
  \/ C35_c278_FOLLOW_AT_ONCE
  \/ C35_c279_FOLLOW_AT_ONCE
  \/ C34_c274
  \/ C35_c275
  \/ C35_c276
  \/ C35_c277
  \/ C35_c278
  \/ C35_c279
  \/ C34_c280
  \/ C35_c281
  \/ C35_c282
  \/ C35_c283
  \/ C35_c284
  \/ C35_c285
  \/ C35_c286
  \/ C36_c287
  \/ C38_c288
  \/ C38_c289
  \/ C38_c290
  \/ C37_c291
  \/ C38_c292
  \/ C45_c293
  \/ C39_c297
  \/ C42_c298
  \/ C42_c299
  \/ C44_c300
  \/ C44_c301
  \/ C_Reading_TimerExpired_Response_303
  \/ C46_c304
  \/ C46_c305
  \/ C46_c306
  \/ C_Reading_TimerExpired_Wait_307
  \/ C46_c309
  \/ C46_c310
  \/ C47_c313
  \/ Client_Reading_ignores
  \/ Client_Reading_refuses
  \/ C32_c320
  \/ C13_c321
  \/ C13_c322
  \/ C45_c332
  \/ C21_c333
  \/ C39_c336
  \/ C40_c337
  \/ C44_c338
  \/ C_SendingBody_TimerExpired_Response_340
  \/ C46_c341
  \/ C46_c342
  \/ C_SendingBody_TimerExpired_Wait_343
  \/ C46_c345
  \/ C47_c348
  \/ Client_SendingBody_ignores
  \/ Client_SendingBody_refuses
  \/ C31_c355
  \/ C13_c356
  \/ C31_c357
  \/ C45_c367
  \/ C29_c369
  \/ C29_c370
  \/ C30_c371
  \/ C30_c372
  \/ C39_c373
  \/ C40_c374
  \/ C44_c375
  \/ C30_c379
  \/ C47_c383
  \/ Client_AwaitCredentials_ignores
  \/ Client_AwaitCredentials_refuses
  \/ K7_c388
  \/ K8_c389
  \/ K4_c390
  \/ K4_c391
  \/ K4_c392
  \/ K4_c393
  \/ K4_c394
  \/ K5_c395
  \/ C13_c396
  \/ K5_c397
  \/ C45_c407
  \/ C39_c411
  \/ C40_c412
  \/ C44_c413
  \/ C_AwaitConfirm_TimerExpired_Response_415
  \/ C46_c416
  \/ C46_c417
  \/ C_AwaitConfirm_TimerExpired_Wait_418
  \/ C46_c420
  \/ C47_c423
  \/ Client_AwaitConfirm_ignores
  \/ Client_AwaitConfirm_refuses
  \/ C55_c430
  \/ C55_c431
  \/ C55_c432
  \/ C56_c442
  \/ C39_c446
  \/ C_Open_PeerClosed_447_CLOSE_UNEXPECTED
  \/ C56_c447
  \/ C56_c448
  \/ C55_c455
  \/ C56_c456
  \/ Client_Open_ignores
  \/ Client_Open_refuses
  \/ C55_c463
  \/ C55_c464
  \/ C56_c474
  \/ C39_c478
  \/ C56_c479
  \/ C56_c480
  \/ C55_c487
  \/ C56_c488
  \/ Client_Plain_ignores
  \/ Client_Plain_refuses
  \/ C52_c506
  \/ C53_c507
  \/ C51_c508
  \/ C_Closing_PingReceived_512
  \/ C50_c513
  \/ C49_c514_SECOND_CLOSE
  \/ C49_c514
  \/ C52_c515_NO_END
  \/ C53_c516_NO_END
  \/ C51_c517_NO_END
  \/ C52_c515_TWO_ENDS
  \/ C53_c516_TWO_ENDS
  \/ C51_c517_TWO_ENDS
  \/ C52_c515
  \/ C53_c516
  \/ C51_c517
  \/ C52_c523
  \/ C53_c524
  \/ C51_c525
  \/ C_Closing_CloseRequested_527
  \/ C_Closing_CloseRequested_528
  \/ C47_c529
  \/ Client_Closing_ignores
  \/ Client_Closing_refuses
  \/ C52_c547
  \/ C53_c548
  \/ C51_c549
  \/ C52_c555
  \/ C53_c556
  \/ C51_c557
  \/ C52_c563
  \/ C53_c564
  \/ C51_c565
  \/ C_Draining_CloseRequested_567
  \/ C_Draining_CloseRequested_568
  \/ C47_c569
  \/ Client_Draining_ignores
  \/ Client_Draining_refuses
  \/ C54_c570
  \/ C54_c571
  \/ C47_c602
  \/ Client_Redirecting_ignores
  \/ Client_Redirecting_refuses
  \/ Client_Done_ignores
  \/ Client_Done_refuses
  \/ Client_Failed_ignores
  \/ Client_Failed_refuses

-----------------------------------------------------------------------------
\* The table of the server.

S1_s0_DECIDE_ON_NOTHING == \* KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "OpeningRequest"
  /\ FAULT = "DECIDE_ON_NOTHING" \* INV-41: the server asks for a decision before there is a request
  /\ ("KHP selected" \in ev.facts)
  /\ (".kl=Y asked" \in ev.facts)
  /\ ("valid" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "AwaitRequest", !.marks = (@ \cup {"kaazing"})]
  /\ orders' = << Order("SendOpening"), Order("SendProceed"), Timed("ArmTimer", "Request"), Timed("ArmTimer", "Overall") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S1_s1_DECIDE_ON_NOTHING == \* KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "OpeningRequest"
  /\ FAULT = "DECIDE_ON_NOTHING" \* INV-41: the server asks for a decision before there is a request
  /\ ("KHP selected" \in ev.facts)
  /\ ("valid" \in ev.facts)
  /\ ~(".kl=Y asked" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "AwaitRequest"]
  /\ orders' = << Order("SendOpening"), Timed("ArmTimer", "Request"), Timed("ArmTimer", "Overall"), Order("AskDecision") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S2_s2_DECIDE_ON_NOTHING == \* KHP-OPEN-05 WSP-OPEN-08
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "OpeningRequest"
  /\ FAULT = "DECIDE_ON_NOTHING" \* INV-41: the server asks for a decision before there is a request
  /\ ("valid" \in ev.facts)
  /\ SERVE_PLAIN
  /\ ~("KHP selected" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Plain", !.marks = (@ \cup {"plan close"})]
  /\ orders' = << Order("SendOpening"), Order("OpenPlain") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S3_s3_DECIDE_ON_NOTHING == \* KHP-OPEN-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "OpeningRequest"
  /\ FAULT = "DECIDE_ON_NOTHING" \* INV-41: the server asks for a decision before there is a request
  /\ ("valid" \in ev.facts)
  /\ ~("KHP selected" \in ev.facts)
  /\ ~SERVE_PLAIN
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureNotSelected", !.status = 400]
  /\ orders' = << Coded("RefuseOpening", 400), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S3_s4_DECIDE_ON_NOTHING == \* KHP-OPEN-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "OpeningRequest"
  /\ FAULT = "DECIDE_ON_NOTHING" \* INV-41: the server asks for a decision before there is a request
  /\ ~("valid" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureOpening", !.status = ev.status]
  /\ orders' = << Order("RefuseOpening"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S1_s0 == \* KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "OpeningRequest"
  /\ FAULT \notin {"DECIDE_ON_NOTHING"}
  /\ ("KHP selected" \in ev.facts)
  /\ (".kl=Y asked" \in ev.facts)
  /\ ("valid" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "AwaitRequest", !.marks = (@ \cup {"kaazing"})]
  /\ orders' = << Order("SendOpening"), Order("SendProceed"), Timed("ArmTimer", "Request"), Timed("ArmTimer", "Overall") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S1_s1 == \* KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "OpeningRequest"
  /\ FAULT \notin {"DECIDE_ON_NOTHING"}
  /\ ("KHP selected" \in ev.facts)
  /\ ("valid" \in ev.facts)
  /\ ~(".kl=Y asked" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "AwaitRequest"]
  /\ orders' = << Order("SendOpening"), Timed("ArmTimer", "Request"), Timed("ArmTimer", "Overall") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S2_s2 == \* KHP-OPEN-05 WSP-OPEN-08
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "OpeningRequest"
  /\ FAULT \notin {"DECIDE_ON_NOTHING"}
  /\ ("valid" \in ev.facts)
  /\ SERVE_PLAIN
  /\ ~("KHP selected" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Plain", !.marks = (@ \cup {"plan close"})]
  /\ orders' = << Order("SendOpening"), Order("OpenPlain") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S3_s3 == \* KHP-OPEN-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "OpeningRequest"
  /\ FAULT \notin {"DECIDE_ON_NOTHING"}
  /\ ("valid" \in ev.facts)
  /\ ~("KHP selected" \in ev.facts)
  /\ ~SERVE_PLAIN
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureNotSelected", !.status = 400]
  /\ orders' = << Coded("RefuseOpening", 400), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S3_s4 == \* KHP-OPEN-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "OpeningRequest"
  /\ FAULT \notin {"DECIDE_ON_NOTHING"}
  /\ ~("valid" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureOpening", !.status = ev.status]
  /\ orders' = << Order("RefuseOpening"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S25_s15 == \* KHP-OPEN-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "Violation"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S25_s18 == \* KHP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "ConnectionLost"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S32_s25 == \* LIV-11
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "CloseRequested"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureShutdown", !.status = 503]
  /\ orders' = << Coded("RefuseOpening", 503), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

Server_Opening_ignores ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on \in {"TimerExpired(Request)", "TimerExpired(Body)", "TimerExpired(Replay)", "TimerExpired(Overall)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Server_Opening_refuses ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on \in {"Request", "BadRequest", "BodyReceived", "DataReceived", "Decided(Complete)", "Decided(Continue)", "Decided(Wait)", "Decided(Replay)", "Decided(Close)", "ApplicationFailed", "PingReceived", "PeerClosed", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S7_s27 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-RSP-02 KHP-EXT-RSP-03 KHP-EXT-RSP-04
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "Request"
  /\ ("extension of the opening again" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureMalformed", !.status = 400]
  /\ orders' = << Coded("SendResponse", 400), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S8_s28 == \* KHP-STATUS-100-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "Request"
  /\ ("Expect with body outstanding" \in ev.facts)
  /\ ~("extension of the opening again" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "AwaitBody", !.status = 100]
  /\ orders' = << Timed("StopTimer", "Request"), Coded("SendResponse", 100), Order("SendTerminator"), Timed("ArmTimer", "Body") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S4_s29 == \* KHP-EXT-RSP-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "Request"
  /\ ~("extension of the opening again" \in ev.facts)
  /\ ~("Expect with body outstanding" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Deciding"]
  /\ orders' = << Timed("StopTimer", "Request"), Order("AskDecision") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S5_s30 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "BadRequest"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureMalformed", !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S20_s32 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-02
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "DataReceived"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureUnexpectedMessage", !.status = 400]
  /\ orders' = << Coded("SendResponse", 400), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S25_s39 == \* WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "Violation"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S23_s40 == \* WSP-FRAME-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "PingReceived"
  /\ s' = s
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S24_s41 == \* WSP-FRAME-06
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "PeerClosed"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S25_s42 == \* KHP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "ConnectionLost"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S22_s43 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-408-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "TimerExpired(Request)"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureTimeout", !.status = 408]
  /\ orders' = << Coded("SendResponse", 408), Order("SendTerminator"), Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S22_s46 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-408-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "TimerExpired(Overall)"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureTimeout", !.status = 408]
  /\ orders' = << Coded("SendResponse", 408), Order("SendTerminator"), Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S32_s49 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 LIV-11
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "CloseRequested"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureShutdown", !.status = 503]
  /\ orders' = << Coded("SendResponse", 503), Order("SendTerminator"), Coded("SendClose", 1001), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

Server_AwaitRequest_ignores ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on \in {"TimerExpired(Body)", "TimerExpired(Replay)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Server_AwaitRequest_refuses ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on \in {"OpeningRequest", "BodyReceived", "Decided(Complete)", "Decided(Continue)", "Decided(Wait)", "Decided(Replay)", "Decided(Close)", "ApplicationFailed", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S10_s52 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "BadRequest"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureMalformed", !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S9_s53 == \* KHP-STATUS-100-01 RFC2068-100-04
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "BodyReceived"
  /\ s' = [s EXCEPT !.phase = "Deciding"]
  /\ orders' = << Timed("StopTimer", "Body"), Order("AskDecision") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S9_s54 == \* KHP-EXT-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "DataReceived"
  /\ s' = s
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S25_s61 == \* WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "Violation"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S23_s62 == \* WSP-FRAME-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "PingReceived"
  /\ s' = s
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S24_s63 == \* WSP-FRAME-06
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "PeerClosed"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S25_s64 == \* KHP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "ConnectionLost"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S22_s66 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-408-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "TimerExpired(Body)"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureTimeout", !.status = 408]
  /\ orders' = << Coded("SendResponse", 408), Order("SendTerminator"), Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S22_s68 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-408-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "TimerExpired(Overall)"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureTimeout", !.status = 408]
  /\ orders' = << Coded("SendResponse", 408), Order("SendTerminator"), Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S32_s71 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 LIV-11
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "CloseRequested"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureShutdown", !.status = 503]
  /\ orders' = << Coded("SendResponse", 503), Order("SendTerminator"), Coded("SendClose", 1001), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

Server_AwaitBody_ignores ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on \in {"TimerExpired(Request)", "TimerExpired(Replay)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Server_AwaitBody_refuses ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on \in {"OpeningRequest", "Request", "Decided(Complete)", "Decided(Continue)", "Decided(Wait)", "Decided(Replay)", "Decided(Close)", "ApplicationFailed", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S20_s76 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-02
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "DataReceived"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureUnexpectedMessage", !.status = 400]
  /\ orders' = << Coded("SendResponse", 400), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

K9_s77_NO_TERMINATOR == \* KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Complete)"
  /\ FAULT = "NO_TERMINATOR" \* INV-42: the server accepts without a terminator
  /\ ("selection valid" \in ev.facts)
  /\ ("reroute" \in ev.facts)
  /\ ("kaazing" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan close"}), !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Order("SendReroute"), Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

K10_s78_NO_TERMINATOR == \* KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Complete)"
  /\ FAULT = "NO_TERMINATOR" \* INV-42: the server accepts without a terminator
  /\ ("selection valid" \in ev.facts)
  /\ ("kaazing" \in s.marks)
  /\ ~("reroute" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Open", !.marks = (@ \cup {"plan close"}), !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Order("SendProceed"), Order("StopTimers"), Order("Complete") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_Deciding_Decided_Complete_79_NO_TERMINATOR ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Complete)"
  /\ FAULT = "NO_TERMINATOR" \* INV-42: the server accepts without a terminator
  /\ ("reroute" \in ev.facts)
  /\ (~("selection valid" \in ev.facts) \/ ~("kaazing" \in s.marks))
  /\ (~("selection valid" \in ev.facts) \/ ~("kaazing" \in s.marks))
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S11_s80_NO_TERMINATOR == \* KHP-EXT-RSP-01 KHP-EXT-RSP-07 KHP-EXT-RSP-09 KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Complete)"
  /\ FAULT = "NO_TERMINATOR" \* INV-42: the server accepts without a terminator
  /\ ("selection valid" \in ev.facts)
  /\ ~("kaazing" \in s.marks)
  /\ ~("reroute" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Open", !.marks = (@ \cup {"plan close"}), !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("StopTimers"), Order("Complete") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_Deciding_Decided_Complete_81_NO_TERMINATOR ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Complete)"
  /\ FAULT = "NO_TERMINATOR" \* INV-42: the server accepts without a terminator
  /\ ~("reroute" \in ev.facts)
  /\ ~("selection valid" \in ev.facts)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

K9_s77 == \* KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Complete)"
  /\ FAULT \notin {"NO_TERMINATOR"}
  /\ ("selection valid" \in ev.facts)
  /\ ("reroute" \in ev.facts)
  /\ ("kaazing" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan close"}), !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Order("SendReroute"), Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

K10_s78 == \* KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Complete)"
  /\ FAULT \notin {"NO_TERMINATOR"}
  /\ ("selection valid" \in ev.facts)
  /\ ("kaazing" \in s.marks)
  /\ ~("reroute" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Open", !.marks = (@ \cup {"plan close"}), !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Order("SendProceed"), Order("StopTimers"), Order("Complete") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_Deciding_Decided_Complete_79 ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Complete)"
  /\ FAULT \notin {"NO_TERMINATOR"}
  /\ ("reroute" \in ev.facts)
  /\ (~("selection valid" \in ev.facts) \/ ~("kaazing" \in s.marks))
  /\ (~("selection valid" \in ev.facts) \/ ~("kaazing" \in s.marks))
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S11_s80 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-07 KHP-EXT-RSP-09 KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Complete)"
  /\ FAULT \notin {"NO_TERMINATOR"}
  /\ ("selection valid" \in ev.facts)
  /\ ~("kaazing" \in s.marks)
  /\ ~("reroute" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Open", !.marks = (@ \cup {"plan close"}), !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Order("StopTimers"), Order("Complete") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_Deciding_Decided_Complete_81 ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Complete)"
  /\ FAULT \notin {"NO_TERMINATOR"}
  /\ ~("reroute" \in ev.facts)
  /\ ~("selection valid" \in ev.facts)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S19_s82 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Continue)"
  /\ UNCHECKED
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_Deciding_Decided_Continue_83 ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Continue)"
  /\ ~UNCHECKED
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S16_s84 == \* KHP-STATUS-202-01 KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Wait)"
  /\ (s.interim < MAX_DEFERRALS)
  /\ s' = [s EXCEPT !.phase = "Pending", !.interim = @ + 1, !.status = 202]
  /\ orders' = << Coded("SendResponse", 202), Order("SendTerminator") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_Deciding_Decided_Wait_85 ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Wait)"
  /\ ~(s.interim < MAX_DEFERRALS)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S_Deciding_Decided_Replay_86 ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Replay)"
  /\ ~OBLIGATIONS_MET
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S12_s87 == \* KHP-STATUS-401-03 KHP-STATUS-401-04 KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Replay)"
  /\ (s.replays < MAX_CHALLENGES)
  /\ OBLIGATIONS_MET
  /\ s' = [s EXCEPT !.phase = "AwaitReplay", !.replays = @ + 1, !.status = 401]
  /\ orders' = << Coded("SendResponse", 401), Order("SendTerminator"), Timed("PauseTimer", "Overall"), Timed("ArmTimer", "Replay") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S13_s88 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-STATUS-401-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Replay)"
  /\ OBLIGATIONS_MET
  /\ ~(s.replays < MAX_CHALLENGES)
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureAuthLimit", !.status = 403]
  /\ orders' = << Coded("SendResponse", 403), Order("SendTerminator"), Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S19_s89_ANSWER_AFTER_CLOSE == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-CLASS-3XX-01 KHP-REDIR-01 KHP-REDIR-06 KHP-EXT-RSP-13
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Close)"
  /\ FAULT = "ANSWER_AFTER_CLOSE" \* INV-40: the server sends Close before its refusal
  /\ OBLIGATIONS_MET
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("SendResponse"), Order("SendTerminator"), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_Deciding_Decided_Close_90_ANSWER_AFTER_CLOSE ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Close)"
  /\ FAULT = "ANSWER_AFTER_CLOSE" \* INV-40: the server sends Close before its refusal
  /\ ~OBLIGATIONS_MET
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S19_s89 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-CLASS-3XX-01 KHP-REDIR-01 KHP-REDIR-06 KHP-EXT-RSP-13
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Close)"
  /\ FAULT \notin {"ANSWER_AFTER_CLOSE"}
  /\ OBLIGATIONS_MET
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_Deciding_Decided_Close_90 ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Close)"
  /\ FAULT \notin {"ANSWER_AFTER_CLOSE"}
  /\ ~OBLIGATIONS_MET
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S21_s91 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-CLASS-5XX-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "ApplicationFailed"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureApplication", !.status = 500]
  /\ orders' = << Coded("SendResponse", 500), Order("SendTerminator"), Coded("SendClose", 1011), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S25_s92 == \* WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Violation"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S23_s93 == \* WSP-FRAME-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "PingReceived"
  /\ s' = s
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S24_s94 == \* WSP-FRAME-06
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "PeerClosed"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S25_s95 == \* KHP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "ConnectionLost"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S17_s99 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-202-02
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "TimerExpired(Overall)"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureTimeout", !.status = 503]
  /\ orders' = << Coded("SendResponse", 503), Order("SendTerminator"), Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S32_s102 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 LIV-11
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "CloseRequested"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureShutdown", !.status = 503]
  /\ orders' = << Coded("SendResponse", 503), Order("SendTerminator"), Coded("SendClose", 1001), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

Server_Deciding_ignores ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on \in {"TimerExpired(Request)", "TimerExpired(Body)", "TimerExpired(Replay)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Server_Deciding_refuses ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on \in {"OpeningRequest", "Request", "BadRequest", "BodyReceived", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S20_s107 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-02
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "DataReceived"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureUnexpectedMessage", !.status = 400]
  /\ orders' = << Coded("SendResponse", 400), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

K9_s108 == \* KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Complete)"
  /\ ("selection valid" \in ev.facts)
  /\ ("reroute" \in ev.facts)
  /\ ("kaazing" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan close"}), !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Order("SendReroute"), Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

K10_s109 == \* KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Complete)"
  /\ ("selection valid" \in ev.facts)
  /\ ("kaazing" \in s.marks)
  /\ ~("reroute" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Open", !.marks = (@ \cup {"plan close"}), !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Order("SendProceed"), Order("StopTimers"), Order("Complete") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_Pending_Decided_Complete_110 ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Complete)"
  /\ ("reroute" \in ev.facts)
  /\ (~("selection valid" \in ev.facts) \/ ~("kaazing" \in s.marks))
  /\ (~("selection valid" \in ev.facts) \/ ~("kaazing" \in s.marks))
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S11_s111 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-07 KHP-EXT-RSP-09 KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Complete)"
  /\ ("selection valid" \in ev.facts)
  /\ ~("kaazing" \in s.marks)
  /\ ~("reroute" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Open", !.marks = (@ \cup {"plan close"}), !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Order("StopTimers"), Order("Complete") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_Pending_Decided_Complete_112 ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Complete)"
  /\ ~("reroute" \in ev.facts)
  /\ ~("selection valid" \in ev.facts)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S19_s113 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Continue)"
  /\ UNCHECKED
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_Pending_Decided_Continue_114 ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Continue)"
  /\ ~UNCHECKED
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S16_s115 == \* KHP-STATUS-202-01 KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Wait)"
  /\ (s.interim < MAX_DEFERRALS)
  /\ s' = [s EXCEPT !.interim = @ + 1, !.status = 202]
  /\ orders' = << Coded("SendResponse", 202), Order("SendTerminator") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_Pending_Decided_Wait_116 ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Wait)"
  /\ ~(s.interim < MAX_DEFERRALS)
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S_Pending_Decided_Replay_117 ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Replay)"
  /\ ~OBLIGATIONS_MET
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S12_s118 == \* KHP-STATUS-401-03 KHP-STATUS-401-04 KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Replay)"
  /\ (s.replays < MAX_CHALLENGES)
  /\ OBLIGATIONS_MET
  /\ s' = [s EXCEPT !.phase = "AwaitReplay", !.replays = @ + 1, !.status = 401]
  /\ orders' = << Coded("SendResponse", 401), Order("SendTerminator"), Timed("PauseTimer", "Overall"), Timed("ArmTimer", "Replay") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S13_s119 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-STATUS-401-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Replay)"
  /\ OBLIGATIONS_MET
  /\ ~(s.replays < MAX_CHALLENGES)
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureAuthLimit", !.status = 403]
  /\ orders' = << Coded("SendResponse", 403), Order("SendTerminator"), Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S19_s120 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-CLASS-3XX-01 KHP-REDIR-01 KHP-REDIR-06 KHP-EXT-RSP-13
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Close)"
  /\ OBLIGATIONS_MET
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_Pending_Decided_Close_121 ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Close)"
  /\ ~OBLIGATIONS_MET
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S21_s122 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-CLASS-5XX-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "ApplicationFailed"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureApplication", !.status = 500]
  /\ orders' = << Coded("SendResponse", 500), Order("SendTerminator"), Coded("SendClose", 1011), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S25_s123 == \* WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Violation"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S23_s124 == \* WSP-FRAME-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "PingReceived"
  /\ s' = s
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S24_s125 == \* WSP-FRAME-06
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "PeerClosed"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S25_s126 == \* KHP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "ConnectionLost"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S17_s130 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-202-02
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "TimerExpired(Overall)"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureTimeout", !.status = 503]
  /\ orders' = << Coded("SendResponse", 503), Order("SendTerminator"), Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S32_s133 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 LIV-11
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "CloseRequested"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureShutdown", !.status = 503]
  /\ orders' = << Coded("SendResponse", 503), Order("SendTerminator"), Coded("SendClose", 1001), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

Server_Pending_ignores ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on \in {"TimerExpired(Request)", "TimerExpired(Body)", "TimerExpired(Replay)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Server_Pending_refuses ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on \in {"OpeningRequest", "Request", "BadRequest", "BodyReceived", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S7_s135 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-RSP-02 KHP-EXT-RSP-03 KHP-EXT-RSP-04
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "Request"
  /\ ("extension of the opening again" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureMalformed", !.status = 400]
  /\ orders' = << Coded("SendResponse", 400), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S8_s136 == \* KHP-STATUS-100-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "Request"
  /\ ("Expect with body outstanding" \in ev.facts)
  /\ ~("extension of the opening again" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "AwaitBody", !.status = 100]
  /\ orders' = << Timed("StopTimer", "Replay"), Timed("ResumeTimer", "Overall"), Coded("SendResponse", 100), Order("SendTerminator"), Timed("ArmTimer", "Body") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S14_s137 == \* KHP-EXT-RSP-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "Request"
  /\ ~("extension of the opening again" \in ev.facts)
  /\ ~("Expect with body outstanding" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Deciding"]
  /\ orders' = << Timed("StopTimer", "Replay"), Timed("ResumeTimer", "Overall"), Order("AskDecision") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S5_s138 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "BadRequest"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureMalformed", !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S20_s140 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-02
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "DataReceived"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureUnexpectedMessage", !.status = 400]
  /\ orders' = << Coded("SendResponse", 400), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S25_s147 == \* WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "Violation"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S23_s148 == \* WSP-FRAME-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "PingReceived"
  /\ s' = s
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S24_s149 == \* WSP-FRAME-06
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "PeerClosed"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S25_s150 == \* KHP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "ConnectionLost"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S15_s153 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-STATUS-401-03 RFC2068-408-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "TimerExpired(Replay)"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureTimeout", !.status = 408]
  /\ orders' = << Coded("SendResponse", 408), Order("SendTerminator"), Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S32_s157 == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 LIV-11
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "CloseRequested"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureShutdown", !.status = 503]
  /\ orders' = << Coded("SendResponse", 503), Order("SendTerminator"), Coded("SendClose", 1001), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

Server_AwaitReplay_ignores ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on \in {"Decided(Complete)", "Decided(Continue)", "Decided(Wait)", "Decided(Replay)", "Decided(Close)", "ApplicationFailed", "TimerExpired(Request)", "TimerExpired(Body)", "TimerExpired(Overall)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Server_AwaitReplay_refuses ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on \in {"OpeningRequest", "BodyReceived", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S27_s162 == \* KHP-GEN-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Open"
  /\ ev.on = "DataReceived"
  /\ s' = s
  /\ orders' = << Order("Deliver") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S28_s169 == \* WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Open"
  /\ ev.on = "Violation"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S27_s170 == \* WSP-FRAME-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Open"
  /\ ev.on = "PingReceived"
  /\ s' = s
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S28_s171 == \* WSP-FRAME-06 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Open"
  /\ ev.on = "PeerClosed"
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S28_s172 == \* KHP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Open"
  /\ ev.on = "ConnectionLost"
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S27_s178 == \* KHP-GEN-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Open"
  /\ ev.on = "SendRequested"
  /\ s' = s
  /\ orders' = << Order("SendMessage") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S28_s179 == \* LIV-11
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Open"
  /\ ev.on = "CloseRequested"
  /\ s' = [s EXCEPT !.phase = "Closing"]
  /\ orders' = << Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

Server_Open_ignores ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Open"
  /\ ev.on \in {"Decided(Complete)", "Decided(Continue)", "Decided(Wait)", "Decided(Replay)", "Decided(Close)", "ApplicationFailed", "TimerExpired(Request)", "TimerExpired(Body)", "TimerExpired(Replay)", "TimerExpired(Overall)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Server_Open_refuses ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Open"
  /\ ev.on \in {"OpeningRequest", "Request", "BadRequest", "BodyReceived"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S27_s184 == \* KHP-GEN-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Plain"
  /\ ev.on = "DataReceived"
  /\ s' = s
  /\ orders' = << Order("Deliver") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S28_s191 == \* WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Plain"
  /\ ev.on = "Violation"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S27_s192 == \* WSP-FRAME-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Plain"
  /\ ev.on = "PingReceived"
  /\ s' = s
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S28_s193 == \* WSP-FRAME-06 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Plain"
  /\ ev.on = "PeerClosed"
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S28_s194 == \* KHP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Plain"
  /\ ev.on = "ConnectionLost"
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S27_s200 == \* KHP-GEN-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Plain"
  /\ ev.on = "SendRequested"
  /\ s' = s
  /\ orders' = << Order("SendMessage") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S28_s201 == \* LIV-11
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Plain"
  /\ ev.on = "CloseRequested"
  /\ s' = [s EXCEPT !.phase = "Closing"]
  /\ orders' = << Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

Server_Plain_ignores ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Plain"
  /\ ev.on \in {"Decided(Complete)", "Decided(Continue)", "Decided(Wait)", "Decided(Replay)", "Decided(Close)", "ApplicationFailed", "TimerExpired(Request)", "TimerExpired(Body)", "TimerExpired(Replay)", "TimerExpired(Overall)", "TimerExpired(Close)"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Server_Plain_refuses ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Plain"
  /\ ev.on \in {"OpeningRequest", "Request", "BadRequest", "BodyReceived"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

S30_s213 == \* LIV-07 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "Violation"
  /\ ("plan close" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S30_s214 == \* LIV-07 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "Violation"
  /\ ~("plan close" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S29_s215 == \* WSP-FRAME-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "PingReceived"
  /\ s' = s
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S28_s216 == \* LIV-07 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "PeerClosed"
  /\ ("plan close" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S28_s217 == \* LIV-07 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "PeerClosed"
  /\ ~("plan close" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S30_s218 == \* LIV-07 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "ConnectionLost"
  /\ ("plan close" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S30_s219 == \* LIV-07 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "ConnectionLost"
  /\ ~("plan close" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S30_s224 == \* LIV-07 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "TimerExpired(Close)"
  /\ ("plan close" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S30_s225 == \* LIV-07 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "TimerExpired(Close)"
  /\ ~("plan close" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

Server_Closing_ignores ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on \in {"Request", "BadRequest", "BodyReceived", "DataReceived", "Decided(Complete)", "Decided(Continue)", "Decided(Wait)", "Decided(Replay)", "Decided(Close)", "ApplicationFailed", "TimerExpired(Request)", "TimerExpired(Body)", "TimerExpired(Replay)", "TimerExpired(Overall)", "CloseRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Server_Closing_refuses ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on \in {"OpeningRequest", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

Server_Done_ignores ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Done"
  /\ ev.on \in {"Request", "BadRequest", "BodyReceived", "DataReceived", "Decided(Complete)", "Decided(Continue)", "Decided(Wait)", "Decided(Replay)", "Decided(Close)", "ApplicationFailed", "Violation", "PingReceived", "PeerClosed", "ConnectionLost", "TimerExpired(Request)", "TimerExpired(Body)", "TimerExpired(Replay)", "TimerExpired(Overall)", "TimerExpired(Close)", "CloseRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

Server_Done_refuses ==
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Done"
  /\ ev.on \in {"OpeningRequest", "SendRequested"}
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ broken' = Judge(<< <<FALSE, "TOTAL">> >>)
  /\ UNCHANGED <<c, s, ch, sh, net, orders>>

ServerRows ==
  \/ S1_s0_DECIDE_ON_NOTHING
  \/ S1_s1_DECIDE_ON_NOTHING
  \/ S2_s2_DECIDE_ON_NOTHING
  \/ S3_s3_DECIDE_ON_NOTHING
  \/ S3_s4_DECIDE_ON_NOTHING
  \/ S1_s0
  \/ S1_s1
  \/ S2_s2
  \/ S3_s3
  \/ S3_s4
  \/ S25_s15
  \/ S25_s18
  \/ S32_s25
  \/ Server_Opening_ignores
  \/ Server_Opening_refuses
  \/ S7_s27
  \/ S8_s28
  \/ S4_s29
  \/ S5_s30
  \/ S20_s32
  \/ S25_s39
  \/ S23_s40
  \/ S24_s41
  \/ S25_s42
  \/ S22_s43
  \/ S22_s46
  \/ S32_s49
  \/ Server_AwaitRequest_ignores
  \/ Server_AwaitRequest_refuses
  \/ S10_s52
  \/ S9_s53
  \/ S9_s54
  \/ S25_s61
  \/ S23_s62
  \/ S24_s63
  \/ S25_s64
  \/ S22_s66
  \/ S22_s68
  \/ S32_s71
  \/ Server_AwaitBody_ignores
  \/ Server_AwaitBody_refuses
  \/ S20_s76
  \/ K9_s77_NO_TERMINATOR
  \/ K10_s78_NO_TERMINATOR
  \/ S_Deciding_Decided_Complete_79_NO_TERMINATOR
  \/ S11_s80_NO_TERMINATOR
  \/ S_Deciding_Decided_Complete_81_NO_TERMINATOR
  \/ K9_s77
  \/ K10_s78
  \/ S_Deciding_Decided_Complete_79
  \/ S11_s80
  \/ S_Deciding_Decided_Complete_81
  \/ S19_s82
  \/ S_Deciding_Decided_Continue_83
  \/ S16_s84
  \/ S_Deciding_Decided_Wait_85
  \/ S_Deciding_Decided_Replay_86
  \/ S12_s87
  \/ S13_s88
  \/ S19_s89_ANSWER_AFTER_CLOSE
  \/ S_Deciding_Decided_Close_90_ANSWER_AFTER_CLOSE
  \/ S19_s89
  \/ S_Deciding_Decided_Close_90
  \/ S21_s91
  \/ S25_s92
  \/ S23_s93
  \/ S24_s94
  \/ S25_s95
  \/ S17_s99
  \/ S32_s102
  \/ Server_Deciding_ignores
  \/ Server_Deciding_refuses
  \/ S20_s107
  \/ K9_s108
  \/ K10_s109
  \/ S_Pending_Decided_Complete_110
  \/ S11_s111
  \/ S_Pending_Decided_Complete_112
  \/ S19_s113
  \/ S_Pending_Decided_Continue_114
  \/ S16_s115
  \/ S_Pending_Decided_Wait_116
  \/ S_Pending_Decided_Replay_117
  \/ S12_s118
  \/ S13_s119
  \/ S19_s120
  \/ S_Pending_Decided_Close_121
  \/ S21_s122
  \/ S25_s123
  \/ S23_s124
  \/ S24_s125
  \/ S25_s126
  \/ S17_s130
  \/ S32_s133
  \/ Server_Pending_ignores
  \/ Server_Pending_refuses
  \/ S7_s135
  \/ S8_s136
  \/ S14_s137
  \/ S5_s138
  \/ S20_s140
  \/ S25_s147
  \/ S23_s148
  \/ S24_s149
  \/ S25_s150
  \/ S15_s153
  \/ S32_s157
  \/ Server_AwaitReplay_ignores
  \/ Server_AwaitReplay_refuses
  \/ S27_s162
  \/ S28_s169
  \/ S27_s170
  \/ S28_s171
  \/ S28_s172
  \/ S27_s178
  \/ S28_s179
  \/ Server_Open_ignores
  \/ Server_Open_refuses
  \/ S27_s184
  \/ S28_s191
  \/ S27_s192
  \/ S28_s193
  \/ S28_s194
  \/ S27_s200
  \/ S28_s201
  \/ Server_Plain_ignores
  \/ Server_Plain_refuses
  \/ S30_s213
  \/ S30_s214
  \/ S29_s215
  \/ S28_s216
  \/ S28_s217
  \/ S30_s218
  \/ S30_s219
  \/ S30_s224
  \/ S30_s225
  \/ Server_Closing_ignores
  \/ Server_Closing_refuses
  \/ Server_Done_ignores
  \/ Server_Done_refuses

-----------------------------------------------------------------------------
\* What the machines order, and whether they may.

ToServer(n, kind) == IF n.up /\ ~n.cut /\ sh.connected THEN [n EXCEPT !.toServer = Append(@, Message(kind, 0, {}))] ELSE n
ToClient(n, m) == IF ~n.cut /\ ch.connected THEN [n EXCEPT !.toClient = Append(@, m)] ELSE n

ClientObeys(order, host, n, checks) ==
  /\ ev.side = "client" /\ ev.done /\ orders # <<>>
  /\ Head(orders).do = order
  /\ ch' = host
  /\ net' = n
  /\ broken' = Judge(<< <<ch.ended = 0, "INV-05">> >> \o checks)
  /\ orders' = Tail(orders)
  /\ UNCHANGED <<c, s, sh, ev>>

CTimer == Head(orders).timer
MayAsk == << <<ch.selected /\ ch.webSocket, "INV-06">>, <<~ch.outstanding, "INV-07">>, <<~ch.over, "INV-16">>, <<c.replays <= MAX_REPLAYS, "INV-20">> >>
Asking == [ch EXCEPT !.outstanding = TRUE, !.challenged = FALSE]

ClientOrders ==
  \/ ClientObeys("ArmTimer", [ch EXCEPT !.running = @ \cup {CTimer}], net, << <<CTimer \notin (ch.running \cup ch.paused), "INV-39">> >>)
  \/ ClientObeys("StopTimer", [ch EXCEPT !.running = @ \ {CTimer}, !.paused = @ \ {CTimer}], net, <<>>)
  \/ ClientObeys("PauseTimer", [ch EXCEPT !.paused = @ \cup (ch.running \cap {CTimer}), !.running = @ \ {CTimer}], net, <<>>)
  \/ ClientObeys("ResumeTimer", [ch EXCEPT !.running = @ \cup (ch.paused \cap {CTimer}), !.paused = @ \ {CTimer}], net, <<>>)
  \/ ClientObeys("StopTimers", [ch EXCEPT !.running = {}, !.paused = {}], net, <<>>)
  \/ ClientObeys("Dial", [FreshClientHost EXCEPT !.running = ch.running, !.paused = ch.paused, !.opened = ch.opened, !.dialing = TRUE, !.dials = ch.dials + 1], net,
       << <<~ch.dialing /\ ~ch.connected, "INV-28">>, <<ch.dials < MAX_REDIRECTS + 2 + MAX_REPLAYS * (MAX_REDIRECTS + 2), "INV-21">> >>)
  \/ ClientObeys("SendOpening", ch, net, <<>>)
  \/ ClientObeys("SendRequest", Asking, ToServer(net, "extended request"), MayAsk)
  \/ ClientObeys("ReplayRequest", Asking, ToServer(net, "extended request"), << <<ch.challenged /\ "new credentials" \in ev.facts, "INV-19">> >> \o MayAsk)
  \/ ClientObeys("SendBody", [ch EXCEPT !.bodyAllowed = FALSE, !.writing = TRUE], ToServer(net, "request body"), << <<ch.bodyAllowed /\ ~ch.over, "INV-17">> >>)
  \/ ClientObeys("StopBody", [ch EXCEPT !.writing = FALSE], net, <<>>)
  \/ ClientObeys("AskCredentials", [ch EXCEPT !.asked = TRUE], net, <<>>)
  \/ ClientObeys("Follow", [ch EXCEPT !.following = TRUE], net, << <<~ch.connected, "INV-28">>, <<c.redirects <= MAX_REDIRECTS, "INV-21">> >>)
  \/ ClientObeys("Complete", [ch EXCEPT !.opened = @ + 1], net, << <<ch.opened = 0, "INV-04">>, <<ch.selected /\ ch.good /\ ch.webSocket /\ ~ch.closeSent, "INV-01">> >>)
  \/ ClientObeys("OpenPlain", [ch EXCEPT !.opened = @ + 1], net, << <<ch.opened = 0, "INV-04">> >>)
  \/ ClientObeys("Deliver", ch, [net EXCEPT !.clientGot = @ + 1], << <<ev.wasOpen, "INV-02">> >>)
  \/ ClientObeys("SendMessage", ch, ToServer([net EXCEPT !.clientSent = @ + 1], "data"), << <<ev.wasOpen, "INV-03">> >>)
  \/ ClientObeys("SendPong", ch, net, <<>>)
  \/ ClientObeys("SendClose", [ch EXCEPT !.closeSent = TRUE], ToServer(net, "close"), << <<~ch.closeSent, "WSP-FRAME-06">> >>)
  \/ ClientObeys("Disconnect", [ch EXCEPT !.dialing = FALSE, !.connected = FALSE, !.webSocket = FALSE], [ToServer(net, "end of stream") EXCEPT !.toClient = <<>>], <<>>)
  \/ ClientObeys("Closed", [ch EXCEPT !.ended = @ + 1, !.asked = FALSE], net, << <<~ch.connected, "INV-05">> >>)
  \/ ClientObeys("Fail", [ch EXCEPT !.ended = @ + 1, !.asked = FALSE], net, << <<~ch.connected, "INV-05">> >>)

ServerObeys(order, host, n, checks) ==
  /\ ev.side = "server" /\ ev.done /\ orders # <<>>
  /\ Head(orders).do = order
  /\ sh' = host
  /\ net' = n
  /\ broken' = Judge(<< <<sh.ended = 0, "INV-05">>, <<~sh.responding \/ order = "SendTerminator", "INV-42">> >> \o checks)
  /\ orders' = Tail(orders)
  /\ UNCHANGED <<c, s, ch, ev>>

STimer == Head(orders).timer
Code == IF Head(orders).code = 0 THEN s.status ELSE Head(orders).code
Answering(h, status) ==
  LET a == [h EXCEPT !.responding = TRUE] IN
  CASE status = 100 /\ ev.on = "Request" -> a
    [] Waits(status) -> a
    [] Replays(status) -> [a EXCEPT !.request = FALSE, !.deciding = FALSE]
    [] OTHER -> [a EXCEPT !.request = FALSE, !.deciding = FALSE, !.decided = TRUE]

ServerOrders ==
  \/ ServerObeys("ArmTimer", [sh EXCEPT !.running = @ \cup {STimer}], net, << <<STimer \notin (sh.running \cup sh.paused), "INV-39">> >>)
  \/ ServerObeys("StopTimer", [sh EXCEPT !.running = @ \ {STimer}, !.paused = @ \ {STimer}], net, <<>>)
  \/ ServerObeys("PauseTimer", [sh EXCEPT !.paused = @ \cup (sh.running \cap {STimer}), !.running = @ \ {STimer}], net, <<>>)
  \/ ServerObeys("ResumeTimer", [sh EXCEPT !.running = @ \cup (sh.paused \cap {STimer}), !.paused = @ \ {STimer}], net, <<>>)
  \/ ServerObeys("StopTimers", [sh EXCEPT !.running = {}, !.paused = {}], net, <<>>)
  \/ ServerObeys("SendOpening", [sh EXCEPT !.webSocket = TRUE], ToClient(net, Message("opening answer", 101, {})), <<>>)
  \/ ServerObeys("RefuseOpening", sh, ToClient(net, Message("opening answer", Code, {})), <<>>)
  \/ ServerObeys("SendResponse", Answering(sh, Code), ToClient(net, Message("extended response", Code, ev.target)),
       << <<~sh.closeSent, "INV-40">>, <<~sh.decided, "INV-41">>, <<Code # 511 /\ (Code = 100 => "Expect with body outstanding" \in ev.facts), "INV-46">>,
          <<Completes(Code) => sh.request /\ "selection valid" \in ev.facts, "INV-08">> >>)
  \/ ServerObeys("SendTerminator", [sh EXCEPT !.responding = FALSE], ToClient(net, Message("terminator", 0, {})), << <<sh.responding, "INV-42">> >>)
  \/ ServerObeys("SendProceed", sh, ToClient(net, Message("proceed", 0, {})), << <<sh.askedKaazing /\ ~sh.closeSent, "INV-54">> >>)
  \/ ServerObeys("SendReroute", sh, ToClient(net, Message("reroute", 0, ev.target)), << <<sh.askedKaazing /\ ~sh.closeSent, "INV-54">> >>)
  \/ ServerObeys("AskDecision", [sh EXCEPT !.deciding = TRUE], net, << <<sh.request /\ ~sh.bodyOwed, "INV-41">> >>)
  \/ ServerObeys("Complete", [sh EXCEPT !.opened = @ + 1], [net EXCEPT !.serverOpened = TRUE], << <<sh.opened = 0, "INV-04">>, <<sh.selected /\ sh.webSocket /\ ~sh.closeSent, "INV-01">> >>)
  \/ ServerObeys("OpenPlain", [sh EXCEPT !.opened = @ + 1], net, <<>>)
  \/ ServerObeys("Deliver", sh, [net EXCEPT !.serverGot = @ + 1], << <<ev.wasOpen, "INV-02">> >>)
  \/ ServerObeys("SendMessage", sh, ToClient([net EXCEPT !.serverSent = @ + 1], Message("data", 0, {})), << <<ev.wasOpen /\ ~sh.closeSent, "INV-03">> >>)
  \/ ServerObeys("SendPong", sh, net, <<>>)
  \/ ServerObeys("SendClose", [sh EXCEPT !.closeSent = TRUE], ToClient(net, Message("close", 0, {})), << <<~sh.closeSent, "WSP-FRAME-06">> >>)
  \/ ServerObeys("Disconnect", [sh EXCEPT !.connected = FALSE, !.webSocket = FALSE], [ToClient(net, Message("end of stream", 0, {})) EXCEPT !.toServer = <<>>], <<>>)
  \/ ServerObeys("Closed", [sh EXCEPT !.ended = @ + 1, !.deciding = FALSE], net, <<>>)
  \/ ServerObeys("Fail", [sh EXCEPT !.ended = @ + 1, !.deciding = FALSE], net, <<>>)

-----------------------------------------------------------------------------
\* What can happen.

\* What the client's host learns from an event, whatever the machine makes of it.
ClientLearns(on, facts, status) ==
  CASE on = "Connected" -> [ch EXCEPT !.dialing = FALSE, !.connected = TRUE]
    [] on = "ConnectFailed" -> [ch EXCEPT !.dialing = FALSE]
    [] on = "Opened" -> [ch EXCEPT !.webSocket = TRUE, !.selected = "KHP selected" \in facts]
    [] on = "ConnectionLost" -> [ch EXCEPT !.dialing = FALSE, !.connected = FALSE, !.webSocket = FALSE]
    [] on \in {"CredentialsSupplied", "CredentialsDeclined"} -> [ch EXCEPT !.asked = FALSE]
    [] on = "BodyWritten" -> [ch EXCEPT !.writing = FALSE]
    [] on = "TimerExpired(Opening)" -> [ch EXCEPT !.running = @ \ {"Opening"}]
    [] on = "TimerExpired(Response)" -> [ch EXCEPT !.running = @ \ {"Response"}]
    [] on = "TimerExpired(Wait)" -> [ch EXCEPT !.running = @ \ {"Wait"}]
    [] on = "TimerExpired(Credentials)" -> [ch EXCEPT !.running = @ \ {"Credentials"}]
    [] on = "TimerExpired(Overall)" -> [ch EXCEPT !.running = @ \ {"Overall"}]
    [] on = "TimerExpired(Close)" -> [ch EXCEPT !.running = @ \ {"Close"}]
    [] on = "TimerExpired(Request)" -> [ch EXCEPT !.running = @ \ {"Request"}]
    [] on = "TimerExpired(Body)" -> [ch EXCEPT !.running = @ \ {"Body"}]
    [] on = "TimerExpired(Replay)" -> [ch EXCEPT !.running = @ \ {"Replay"}]
    [] OTHER -> ch

\* What it learns from a response that was decided while it was read.
ClientLearnsResponse(facts, status) ==
  LET h == [ch EXCEPT !.challenged = FALSE, !.bodyAllowed = FALSE, !.good = FALSE] IN
  CASE c.phase # "Reading" -> ch
    [] c.phase = "Reading" /\ Completes(status) ->
         [h EXCEPT !.outstanding = FALSE, !.good = ("terminated" \in facts \/ TERMINATOR_OPTIONAL) /\ Fine \subseteq facts]
    [] c.phase = "Reading" /\ Replays(status) -> [h EXCEPT !.outstanding = FALSE, !.challenged = TRUE]
    [] c.phase = "Reading" /\ Continues(status) -> [h EXCEPT !.bodyAllowed = EXPECT]
    [] c.phase = "Reading" /\ Waits(status) -> h
    [] OTHER -> [h EXCEPT !.outstanding = FALSE, !.over = TRUE]

ClientMeets(on, facts, n) ==
  /\ Stable
  /\ ev' = EventOf("client", on, facts, 0, {}, FALSE, ClientIsOpen)
  /\ ch' = ClientLearns(on, facts, 0)
  /\ net' = n
  /\ UNCHANGED <<c, s, sh, orders, broken>>

ClientMeetsResponse(facts, status, n) ==
  /\ ev' = EventOf("client", ResponseOf(status), facts, status, {}, FALSE, ClientIsOpen)
  /\ ch' = ClientLearnsResponse(facts, status)
  /\ net' = n
  /\ UNCHANGED <<c, s, sh, orders, broken>>

\* The first message of a response: what it says is looked at when the machine knows that it began.
ClientMeetsBeginning(m, n) ==
  /\ ev' = EventOf("client", "DataReceived", {}, m.status, m.target, TRUE, ClientIsOpen)
  /\ net' = n
  /\ UNCHANGED <<c, s, ch, sh, orders, broken>>

DecideUnit(u, facts, n) ==
  ClientMeetsResponse(facts \cup Fine \cup (IF Replays(u.status) THEN {"challenge usable"} ELSE {}) \cup (IF Redirects(u.status) THEN u.target ELSE {}),
                      u.status, [n EXCEPT !.unit = NoMessage])

Balanced == c.phase \in {"AwaitProceed", "AwaitConfirm"} \/ (AUTO /\ c.phase = "AwaitResponse")

ClientTakes(m, n) ==
  CASE m.kind = "opening answer" /\ m.status = 101 -> ClientMeets("Opened", {"KHP selected"}, n)
    [] m.kind = "opening answer" /\ m.status # 101 -> ClientMeetsResponse(Fine \cup {"terminated"}, m.status, n)
    [] m.kind = "close" -> ClientMeets("PeerClosed", HeadComplete, n)
    [] m.kind = "end of stream" -> ClientMeets("ConnectionLost", HeadComplete, n)
    [] m.kind = "proceed" /\ Balanced -> ClientMeets("ProceedReceived", {}, n)
    [] m.kind = "reroute" /\ Balanced -> ClientMeets("RerouteReceived", m.target, n)
    [] m.kind = "terminator" /\ c.phase = "Reading" /\ net.unit # NoMessage -> DecideUnit(net.unit, {"terminated"}, n)
    [] m.kind = "terminator" /\ ~(c.phase = "Reading" /\ net.unit # NoMessage) -> ClientMeets("TerminatorReceived", {}, n)
    [] m.kind = "extended response" /\ c.phase \in {"AwaitResponse", "SendingBody", "Reading"} -> ClientMeetsBeginning(m, n)
    [] OTHER -> ClientMeets("DataReceived", {}, n)

ClientEvents ==
  /\ Stable
  /\ \/ c.phase = "Idle" /\ ClientMeets("ConnectRequested", {"target usable"}, net)
     \/ ~ClientOver /\ ch.following /\ ClientMeets("ConnectRequested", {"target usable"}, net)
     \/ ~ClientOver /\ ch.dialing /\ ClientMeets("Connected", {}, net)
     \/ ~ClientOver /\ ch.dialing /\ ClientMeets("ConnectFailed", {}, net)
     \/ ~ClientOver /\ ch.asked /\ ClientMeets("CredentialsSupplied", {"new credentials"}, net)
     \/ ~ClientOver /\ ch.asked /\ ClientMeets("CredentialsSupplied", {}, net)
     \/ ~ClientOver /\ ch.asked /\ ClientMeets("CredentialsDeclined", {}, net)
     \/ ~ClientOver /\ ch.writing /\ ClientMeets("BodyWritten", {}, net)
     \/ ~ClientOver /\ "Opening" \in ch.running /\ ClientMeets("TimerExpired(Opening)", HeadComplete, net)
     \/ ~ClientOver /\ "Response" \in ch.running /\ ClientMeets("TimerExpired(Response)", HeadComplete, net)
     \/ ~ClientOver /\ "Wait" \in ch.running /\ ClientMeets("TimerExpired(Wait)", HeadComplete, net)
     \/ ~ClientOver /\ "Credentials" \in ch.running /\ ClientMeets("TimerExpired(Credentials)", HeadComplete, net)
     \/ ~ClientOver /\ "Overall" \in ch.running /\ ClientMeets("TimerExpired(Overall)", HeadComplete, net)
     \/ ~ClientOver /\ "Close" \in ch.running /\ ClientMeets("TimerExpired(Close)", HeadComplete, net)
     \/ ~ClientOver /\ "Request" \in ch.running /\ ClientMeets("TimerExpired(Request)", HeadComplete, net)
     \/ ~ClientOver /\ "Body" \in ch.running /\ ClientMeets("TimerExpired(Body)", HeadComplete, net)
     \/ ~ClientOver /\ "Replay" \in ch.running /\ ClientMeets("TimerExpired(Replay)", HeadComplete, net)
     \/ ClientIsOpen /\ net.clientSent = 0 /\ ClientMeets("SendRequested", {}, net)
     \/ ~ClientOver /\ client_heeds_CloseRequested /\ ClientMeets("CloseRequested", {}, net)
     \/ ch.connected /\ net.cut /\ ClientMeets("ConnectionLost", HeadComplete, net)
     \/ ch.connected /\ ~net.cut /\ net.toClient # <<>> /\ ClientTakes(Head(net.toClient), [net EXCEPT !.toClient = Tail(@)])

ServerLearns(on, facts) ==
  CASE on = "ConnectionLost" -> [sh EXCEPT !.connected = FALSE, !.webSocket = FALSE]
    [] on = "PeerClosed" -> [sh EXCEPT !.peerClosed = TRUE]
    [] on = "Request" /\ s.phase \in {"AwaitRequest", "AwaitReplay"} -> [sh EXCEPT !.request = TRUE, !.bodyOwed = "Expect with body outstanding" \in facts]
    [] on = "BodyReceived" -> [sh EXCEPT !.bodyOwed = FALSE]
    [] on = "OpeningRequest" -> [sh EXCEPT !.selected = {"KHP selected", "valid"} \subseteq facts, !.askedKaazing = {"KHP selected", "valid", ".kl=Y asked"} \subseteq facts]
    [] on = "TimerExpired(Opening)" -> [sh EXCEPT !.running = @ \ {"Opening"}]
    [] on = "TimerExpired(Response)" -> [sh EXCEPT !.running = @ \ {"Response"}]
    [] on = "TimerExpired(Wait)" -> [sh EXCEPT !.running = @ \ {"Wait"}]
    [] on = "TimerExpired(Credentials)" -> [sh EXCEPT !.running = @ \ {"Credentials"}]
    [] on = "TimerExpired(Overall)" -> [sh EXCEPT !.running = @ \ {"Overall"}]
    [] on = "TimerExpired(Close)" -> [sh EXCEPT !.running = @ \ {"Close"}]
    [] on = "TimerExpired(Request)" -> [sh EXCEPT !.running = @ \ {"Request"}]
    [] on = "TimerExpired(Body)" -> [sh EXCEPT !.running = @ \ {"Body"}]
    [] on = "TimerExpired(Replay)" -> [sh EXCEPT !.running = @ \ {"Replay"}]
    [] OTHER -> sh

ServerMeets(on, facts, status, target, n) ==
  /\ Stable
  /\ ev' = EventOf("server", on, facts, status, target, FALSE, ServerIsOpen)
  /\ sh' = ServerLearns(on, facts)
  /\ net' = n
  /\ UNCHANGED <<c, s, ch, orders, broken>>

ServerTakes(m, n) ==
  CASE m.kind = "opening request" -> ServerMeets("OpeningRequest", {"valid", "KHP selected"} \cup (IF MARKED THEN {".kl=Y asked"} ELSE {}), 0, {}, n)
    [] m.kind = "extended request" /\ s.phase \in {"AwaitRequest", "AwaitReplay"} -> ServerMeets("Request", IF EXPECT THEN {"Expect with body outstanding"} ELSE {}, 0, {}, n)
    [] m.kind = "request body" /\ s.phase = "AwaitBody" -> ServerMeets("BodyReceived", {}, 0, {}, n)
    [] m.kind = "close" -> ServerMeets("PeerClosed", {}, 0, {}, n)
    [] m.kind = "end of stream" -> ServerMeets("ConnectionLost", {}, 0, {}, n)
    [] OTHER -> ServerMeets("DataReceived", {}, 0, {}, n)

Met == {"selection valid", "Location", "WWW-Authenticate", "proxy challenge", "Upgrade"}

ServerEvents ==
  /\ Stable /\ net.up
  /\ \/ sh.connected /\ net.cut /\ ServerMeets("ConnectionLost", {}, 0, {}, net)
     \/ sh.connected /\ ~net.cut /\ net.toServer # <<>> /\ ServerTakes(Head(net.toServer), [net EXCEPT !.toServer = Tail(@)])
     \/ ~ServerOver /\ sh.deciding /\ server_heeds_Decided_Complete /\ ServerMeets("Decided(Complete)", Met, 101, {}, net)
     \/ ~ServerOver /\ sh.deciding /\ server_heeds_Decided_Complete /\ ServerMeets("Decided(Complete)", Met, 204, {}, net)
     \/ ~ServerOver /\ sh.deciding /\ server_heeds_Decided_Wait /\ ServerMeets("Decided(Wait)", Met, 202, {}, net)
     \/ ~ServerOver /\ sh.deciding /\ server_heeds_Decided_Replay /\ ServerMeets("Decided(Replay)", Met, 401, {}, net)
     \/ ~ServerOver /\ sh.deciding /\ server_heeds_Decided_Close /\ ServerMeets("Decided(Close)", Met, 403, {}, net)
     \/ ~ServerOver /\ sh.deciding /\ server_heeds_Decided_Close /\ \E target \in Targets : ServerMeets("Decided(Close)", Met, 302, target, net)
     \/ ~ServerOver /\ sh.deciding /\ server_heeds_Decided_Complete_elsewhere /\ \E target \in Targets : ServerMeets("Decided(Complete)", Met \cup {"reroute"}, 101, target, net)
     \/ ~ServerOver /\ sh.deciding /\ ServerMeets("ApplicationFailed", {}, 0, {}, net)
     \/ ~ServerOver /\ "Opening" \in sh.running /\ ServerMeets("TimerExpired(Opening)", {}, 0, {}, net)
     \/ ~ServerOver /\ "Response" \in sh.running /\ ServerMeets("TimerExpired(Response)", {}, 0, {}, net)
     \/ ~ServerOver /\ "Wait" \in sh.running /\ ServerMeets("TimerExpired(Wait)", {}, 0, {}, net)
     \/ ~ServerOver /\ "Credentials" \in sh.running /\ ServerMeets("TimerExpired(Credentials)", {}, 0, {}, net)
     \/ ~ServerOver /\ "Overall" \in sh.running /\ ServerMeets("TimerExpired(Overall)", {}, 0, {}, net)
     \/ ~ServerOver /\ "Close" \in sh.running /\ ServerMeets("TimerExpired(Close)", {}, 0, {}, net)
     \/ ~ServerOver /\ "Request" \in sh.running /\ ServerMeets("TimerExpired(Request)", {}, 0, {}, net)
     \/ ~ServerOver /\ "Body" \in sh.running /\ ServerMeets("TimerExpired(Body)", {}, 0, {}, net)
     \/ ~ServerOver /\ "Replay" \in sh.running /\ ServerMeets("TimerExpired(Replay)", {}, 0, {}, net)
     \/ ServerIsOpen /\ net.serverSent = 0 /\ ServerMeets("SendRequested", {}, 0, {}, net)
     \/ ~ServerOver /\ server_heeds_CloseRequested /\ ServerMeets("CloseRequested", {}, 0, {}, net)

\* The event is dealt with.
EventEnds ==
  /\ ev.done /\ orders = <<>>
  /\ ~ev.begins /\ ev.on # "Connected"
  /\ ev' = NoEvent
  /\ UNCHANGED <<c, s, ch, sh, net, orders, broken>>

ResponseContinues ==
  /\ net' = [net EXCEPT !.unit = Message("extended response", ev.status, ev.target)]
  /\ ev' = NoEvent
  /\ UNCHANGED <<c, s, ch, sh, orders, broken>>

\* A response began. One that terminates is decided at once, others when their terminator comes.
ResponseBegan ==
  /\ ev.done /\ orders = <<>>
  /\ ev.begins
  /\ IF Terminates(ev.status) \/ TERMINATOR_OPTIONAL
     THEN DecideUnit(Message("extended response", ev.status, ev.target), {}, net)
     ELSE ResponseContinues

\* A connection begins with a fresh server and the opening request.
ConnectionBegins ==
  /\ ev.done /\ orders = <<>>
  /\ ev.side = "client" /\ ev.on = "Connected"
  /\ s' = FreshServer
  /\ sh' = [FreshServerHost EXCEPT !.connected = TRUE]
  /\ net' = [net EXCEPT !.toClient = <<>>, !.toServer = << Message("opening request", 0, {}) >>, !.up = TRUE, !.cut = FALSE, !.unit = NoMessage, !.serverOpened = FALSE]
  /\ ev' = NoEvent
  /\ UNCHANGED <<c, ch, orders, broken>>

Cut ==
  /\ Stable
  /\ net.up /\ ~net.cut
  /\ net' = [net EXCEPT !.cut = TRUE, !.toClient = <<>>, !.toServer = <<>>]
  /\ UNCHANGED <<c, s, ch, sh, ev, orders, broken>>

\* Both sides have come to their end. Any other state without a next one is stuck, which TLC reports as a deadlock (LIV-09).
Rest ==
  /\ Stable /\ AtRest
  /\ UNCHANGED vars

Next == ClientEvents \/ ServerEvents \/ ClientRows \/ ServerRows \/ ClientOrders \/ ServerOrders \/ EventEnds \/ ResponseBegan \/ ConnectionBegins \/ Cut \/ Rest

Spec == Init /\ [][Next]_vars /\ WF_vars(Next)

-----------------------------------------------------------------------------
\* Properties.

Waiting(phase) == phase \notin {"Idle", "Redirecting", "Open", "Plain", "Done", "Failed"}
INV_01_order == broken # "INV-01" \* open only if KHP was selected, every condition of completion holds and no Close came before
INV_02_order == broken # "INV-02" \* no application data is delivered before open, and none that was not sent
INV_03_order == broken # "INV-03" \* no application data is sent before open
INV_04_order == broken # "INV-04" \* opened at most once
INV_05_order == broken # "INV-05" \* exactly one terminal event, and nothing is ordered after it
INV_06_order == broken # "INV-06" \* an extended request only after an opening 101 that selected x-kaazing-handshake
INV_07_order == broken # "INV-07" \* at most one request is outstanding
INV_08_order == broken # "INV-08" \* accepted only in answer to a request, with what was requested
INV_16_order == broken # "INV-16" \* no request after a terminating status
INV_17_order == broken # "INV-17" \* a body only after 100, once, and only if it was announced
INV_19_order == broken # "INV-19" \* a replay only after 401 and with new credentials
INV_20_order == broken # "INV-20" \* replays within their bound
INV_21_order == broken # "INV-21" \* redirects and connections within their bounds
INV_28_order == broken # "INV-28" \* a new connection only after the old one is gone
INV_39_order == broken # "INV-39" \* no running timer is started over
INV_40_order == broken # "INV-40" \* the server sends no response after its Close
INV_41_order == broken # "INV-41" \* one deciding response, and a decision is asked for complete requests only
INV_42_order == broken # "INV-42" \* every response has its terminator right behind it
INV_46_order == broken # "INV-46" \* no 511, and 100 only if it was expected
INV_54_order == broken # "INV-54" \* messages of the kaazing profile only to clients that asked for it
TOTAL_order == broken # "TOTAL" \* an honest host is never told misuse
WSP_FRAME_06_order == broken # "WSP-FRAME-06" \* one Close frame each

INV_02 == INV_02_order /\ (Stable => net.clientGot <= net.serverSent)
INV_03 == INV_03_order /\ (Stable => net.serverGot <= net.clientSent)
INV_05 == INV_05_order /\ (Stable => (ch.ended = 1) = ClientOver /\ ch.ended <= 1 /\ (net.up => (sh.ended = 1) = ServerOver /\ sh.ended <= 1))
INV_42 == INV_42_order /\ (Stable => ~sh.responding)
INV_50 == Stable => (c.phase = "Open" => net.serverOpened)
LIV_01 == Stable => AtRest \/ BothOpen \/ ch.running # {} \/ (net.up /\ sh.running # {}) \/ c.phase = "Idle" \/ ch.following
            \/ (ch.connected /\ (net.cut \/ net.toClient # <<>>)) \/ (sh.connected /\ (net.cut \/ net.toServer # <<>>))
LIV_06 == Stable => (Waiting(c.phase) => ch.running # {}) /\ (net.up => s.phase = "Opening" \/ ServerIsOpen \/ ServerOver \/ sh.running # {})
BOUND == Len(net.toClient) <= 16 /\ Len(net.toServer) <= 16

\* Every run comes to its end on both sides.
EveryRunEnds == <>AtRest

\* What must be possible: as an invariant each of these is violated, by a run that shows it.
Never_LIV_03 == ~BothOpen
Never_LIV_04 == ~(BothOpen /\ c.replays = MAX_REPLAYS)
Never_LIV_05 == ~(BothOpen /\ c.redirects = MAX_REDIRECTS)
Never_LIV_12 == ~(c.phase = "Closing" /\ s.phase = "Closing")
Never_INV_35 == ~(net.clientGot = 1 /\ net.serverGot = 1)
=============================================================================
