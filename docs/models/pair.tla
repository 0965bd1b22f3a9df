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

C_idle_connect_dial == \* WSP-OPEN-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Idle"
  /\ ev.on = "ConnectRequested"
  /\ ("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Connecting"]
  /\ orders' = << Order("Dial"), Timed("ArmTimer", "Opening") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_idle_connect_url == \* WSP-URI-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Idle"
  /\ ev.on = "ConnectRequested"
  /\ ~("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureURL"]
  /\ orders' = << Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_idle_close_done == \* LIV-11
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

C_connecting_connected_send_opening_REQUEST_TOO_EARLY == \* KHP-OPEN-01 KHP-OPEN-02 WSP-OPEN-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Connecting"
  /\ ev.on = "Connected"
  /\ FAULT = "REQUEST_TOO_EARLY" \* INV-06: the client sends its extended request before the opening handshake is answered
  /\ c' = [c EXCEPT !.phase = "Opening"]
  /\ orders' = << Order("SendOpening"), Order("SendRequest") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_connecting_connected_send_opening == \* KHP-OPEN-01 KHP-OPEN-02 WSP-OPEN-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Connecting"
  /\ ev.on = "Connected"
  /\ FAULT \notin {"REQUEST_TOO_EARLY"}
  /\ c' = [c EXCEPT !.phase = "Opening"]
  /\ orders' = << Order("SendOpening") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_connecting_connect_failed_connect == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Connecting"
  /\ ev.on = "ConnectFailed"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureConnect"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_connecting_lost_connect == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Connecting"
  /\ ev.on = "ConnectionLost"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureConnect"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_connecting_opening_timer_timeout == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Connecting"
  /\ ev.on = "TimerExpired(Opening)"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureTimeout"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_connecting_close_done == \* LIV-11
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

C_opening_opened_request_SEND_EARLY == \* KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01
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

C_opening_opened_request_auto_SEND_EARLY == \* KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01
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

C_opening_opened_await_proceed_SEND_EARLY == \* KHP-GEN-04
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

C_opening_opened_plain_SEND_EARLY == \* KHP-OPEN-05 KHP-OPEN-06
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

C_opening_opened_not_selected_SEND_EARLY == \* KHP-OPEN-05 KHP-OPEN-06
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

C_opening_opened_request_BODY_UNASKED == \* KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01
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

C_opening_opened_request_auto_BODY_UNASKED == \* KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01
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

C_opening_opened_await_proceed_BODY_UNASKED == \* KHP-GEN-04
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

C_opening_opened_plain_BODY_UNASKED == \* KHP-OPEN-05 KHP-OPEN-06
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

C_opening_opened_not_selected_BODY_UNASKED == \* KHP-OPEN-05 KHP-OPEN-06
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

C_opening_opened_request_REPLAY_UNASKED == \* KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01
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

C_opening_opened_request_auto_REPLAY_UNASKED == \* KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01
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

C_opening_opened_await_proceed_REPLAY_UNASKED == \* KHP-GEN-04
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

C_opening_opened_plain_REPLAY_UNASKED == \* KHP-OPEN-05 KHP-OPEN-06
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

C_opening_opened_not_selected_REPLAY_UNASKED == \* KHP-OPEN-05 KHP-OPEN-06
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

C_opening_opened_request == \* KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01
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

C_opening_opened_request_auto == \* KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01
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

C_opening_opened_await_proceed == \* KHP-GEN-04
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

C_opening_opened_plain == \* KHP-OPEN-05 KHP-OPEN-06
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

C_opening_opened_not_selected == \* KHP-OPEN-05 KHP-OPEN-06
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

C_opening_complete_status == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Complete)"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_opening_100_status == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Continue)"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_opening_202_status == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Wait)"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_opening_401_auth_required == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Replay)"
  /\ ~("challenge usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureAuthRequired", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_opening_401_auth_limit == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Replay)"
  /\ ~(c.replays < MAX_REPLAYS)
  /\ ("challenge usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureAuthLimit", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_opening_401_ask_credentials == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Replay)"
  /\ ("challenge usable" \in ev.facts)
  /\ (c.replays < MAX_REPLAYS)
  /\ c' = [c EXCEPT !.phase = "AwaitLogin", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("AskCredentials"), Timed("ArmTimer", "Credentials") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_opening_status_close_status == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(Close)"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_opening_redirect_follow == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
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

C_opening_redirect_status == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(RedirectChoice)"
  /\ NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_opening_redirect_redirect_loop == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(RedirectChoice)"
  /\ ("target visited" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureRedirectLoop", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_opening_redirect_redirect_refused == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
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

C_opening_redirect_redirect_target == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
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

C_opening_redirect_too_many_redirects == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
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

C_opening_307_follow == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
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

C_opening_307_status == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_opening_307_redirect_loop == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ ("target visited" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureRedirectLoop", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_opening_307_redirect_refused == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
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

C_opening_307_redirect_target == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
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

C_opening_307_too_many_redirects == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05
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

C_opening_407_follow == \* KHP-STATUS-407-01 KHP-STATUS-407-02 RFC2068-407-01 RFC2068-407-03
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

C_opening_407_status == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Response(ProxyAuth)"
  /\ (~("proxy challenge" \in ev.facts) \/ ~PROXY \/ ("proxy tried" \in c.marks))
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_opening_426_redirect_loop == \* KHP-STATUS-426-01 KHP-REDIR-05
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

C_opening_426_too_many_redirects == \* KHP-STATUS-426-01 KHP-REDIR-04
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

C_opening_426_follow == \* KHP-STATUS-426-01 KHP-STATUS-426-02
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

C_opening_426_status == \* WSP-OPEN-05
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

C_opening_violation_failed == \* WSP-OPEN-02 WSP-OPEN-03 WSP-OPEN-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_opening_lost_connection_lost == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "ConnectionLost"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_opening_opening_timer_timeout == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Opening"
  /\ ev.on = "TimerExpired(Opening)"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureTimeout"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_opening_close_done == \* LIV-11
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

C_await_login_credentials_dial == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitLogin"
  /\ ev.on = "CredentialsSupplied"
  /\ ("new credentials" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Connecting", !.replays = @ + 1]
  /\ orders' = << Timed("StopTimer", "Credentials"), Order("Dial"), Timed("ArmTimer", "Opening") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_login_credentials_credentials_refused == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitLogin"
  /\ ev.on = "CredentialsSupplied"
  /\ ~("new credentials" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureCredentialsRefused"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_login_no_credentials_auth_required == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitLogin"
  /\ ev.on = "CredentialsDeclined"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureAuthRequired"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_login_credential_timer_credential_timeout == \* WSP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitLogin"
  /\ ev.on = "TimerExpired(Credentials)"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureCredentialTimeout"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_login_close_done == \* LIV-11
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

C_await_proceed_proceed_request == \* KHP-EXT-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "ProceedReceived"
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.marks = (@ \cup {"N received"})]
  /\ orders' = << Order("SendRequest"), Timed("StopTimer", "Opening"), Timed("ArmTimer", "Response") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_proceed_reroute_follow == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_await_proceed_reroute_status == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "RerouteReceived"
  /\ NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_proceed_reroute_redirect_loop == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "RerouteReceived"
  /\ ("target visited" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectLoop"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_proceed_reroute_redirect_refused == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_await_proceed_reroute_redirect_target == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_await_proceed_reroute_too_many_redirects == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_await_proceed_data_unexpected_message == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "DataReceived"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_proceed_terminator_unexpected_message == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "TerminatorReceived"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_proceed_violation_failed == \* KHP-CLOSE-02 WSP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_proceed_ping_pong == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "PingReceived"
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_proceed_peer_closed_peer_closed == \* KHP-CLOSE-01 WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "PeerClosed"
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("StopTimers"), Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_proceed_lost_connection_lost == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "ConnectionLost"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_proceed_opening_timer_timeout == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "TimerExpired(Opening)"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_proceed_overall_timer_timeout == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitProceed"
  /\ ev.on = "TimerExpired(Overall)"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_proceed_close_close == \* LIV-11
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

C_await_response_proceed_gateway == \* KHP-EXT-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "ProceedReceived"
  /\ ("nothing received yet" \in c.marks)
  /\ c' = [c EXCEPT !.marks = ((@ \ {"nothing received yet"}) \cup {"N received"})]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_response_proceed_unexpected_message == \* KHP-EXT-02
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

C_await_response_reroute_follow == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_await_response_reroute_status == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "RerouteReceived"
  /\ ("nothing received yet" \in c.marks)
  /\ NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_response_reroute_redirect_loop == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_await_response_reroute_redirect_refused == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_await_response_reroute_redirect_target == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_await_response_reroute_too_many_redirects == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_await_response_reroute_unexpected_message == \* KHP-EXT-02
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

C_await_response_data_reading_OPEN_AT_FIRST_BYTE == \* KHP-GEN-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "DataReceived"
  /\ FAULT = "OPEN_AT_FIRST_BYTE" \* INV-01: the client opens when a response begins
  /\ c' = [c EXCEPT !.phase = "Open", !.marks = (@ \ {"late terminator possible", "nothing received yet"})]
  /\ orders' = << Order("StopTimers"), Order("Complete") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_response_data_reading_DELIVER_EARLY == \* KHP-GEN-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "DataReceived"
  /\ FAULT = "DELIVER_EARLY" \* INV-02: the client's application gets the response as if it were a message
  /\ c' = [c EXCEPT !.phase = "Reading", !.marks = (@ \ {"late terminator possible", "nothing received yet"})]
  /\ orders' = << Order("Deliver") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_response_data_reading_REQUEST_TWICE == \* KHP-GEN-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "DataReceived"
  /\ FAULT = "REQUEST_TWICE" \* INV-07: the client asks again when a response begins
  /\ c' = [c EXCEPT !.phase = "Reading", !.marks = (@ \ {"late terminator possible", "nothing received yet"})]
  /\ orders' = << Order("SendRequest") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_response_data_reading_TIMER_STARTED_OVER == \* KHP-GEN-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "DataReceived"
  /\ FAULT = "TIMER_STARTED_OVER" \* INV-39: the client gives the server more time when a response begins
  /\ c' = [c EXCEPT !.phase = "Reading", !.marks = (@ \ {"late terminator possible", "nothing received yet"})]
  /\ orders' = << Timed("ArmTimer", "Response") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_response_data_reading == \* KHP-GEN-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "DataReceived"
  /\ FAULT \notin {"OPEN_AT_FIRST_BYTE", "DELIVER_EARLY", "REQUEST_TWICE", "TIMER_STARTED_OVER"}
  /\ c' = [c EXCEPT !.phase = "Reading", !.marks = (@ \ {"late terminator possible", "nothing received yet"})]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_response_terminator_late_terminator == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "TerminatorReceived"
  /\ ("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.marks = (@ \ {"late terminator possible"})]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_response_terminator_unexpected_message == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "TerminatorReceived"
  /\ ~("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_response_violation_failed == \* KHP-CLOSE-02 WSP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_response_ping_pong == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "PingReceived"
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_response_peer_closed_peer_closed == \* KHP-CLOSE-01 WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "PeerClosed"
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("StopTimers"), Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_response_lost_connection_lost == \* KHP-CLOSE-01
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

C_await_response_response_timer_timeout == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "TimerExpired(Response)"
  /\ ~("wait running" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_response_wait_timer_accepted_only == \* KHP-STATUS-202-02
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

C_await_response_overall_timer_timeout == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitResponse"
  /\ ev.on = "TimerExpired(Overall)"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_response_close_close == \* LIV-11
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

C_reading_data_more == \* KHP-GEN-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "DataReceived"
  /\ c' = c
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_complete_open == \* KHP-GEN-05 KHP-CLOSE-05 KHP-STATUS-101-01 KHP-STATUS-101-02 KHP-STATUS-201-01 KHP-STATUS-204-01 KHP-STATUS-205-01 KHP-EXT-RSP-10
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

C_reading_complete_open_unterminated == \* KHP-GEN-05 KHP-CLOSE-05 KHP-STATUS-101-01 KHP-STATUS-101-02 KHP-STATUS-201-01 KHP-STATUS-204-01 KHP-STATUS-205-01 KHP-EXT-RSP-10
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

C_reading_complete_await_confirm == \* KHP-STATUS-101-01
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

C_reading_complete_await_confirm_unterminated == \* KHP-STATUS-101-01
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

C_reading_complete_unexpected_message == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Complete)"
  /\ ("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_complete_accept_mismatch == \* KHP-STATUS-101-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Complete)"
  /\ ~("accept matches" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureAcceptMismatch", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_complete_protocol_not_requested == \* KHP-CLOSE-02 WSP-OPEN-04
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

C_reading_complete_extension_not_requested == \* KHP-CLOSE-03 KHP-EXT-RSP-09
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

C_reading_complete_missing_terminator == \* KHP-CLOSE-04
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

C_reading_100_body_sent == \* RFC2068-100-03
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

C_reading_100_body_sent_unterminated == \* RFC2068-100-03
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

C_reading_100_send_body == \* KHP-STATUS-100-01 RFC2068-100-01 RFC2068-100-02
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

C_reading_100_send_body_unterminated == \* KHP-STATUS-100-01 RFC2068-100-01 RFC2068-100-02
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

C_reading_100_unexpected_message == \* KHP-EXT-02
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

C_reading_100_extension_not_requested == \* KHP-CLOSE-03 KHP-EXT-RSP-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Continue)"
  /\ ~("extensions asked" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureExtensionNotRequested", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_100_missing_terminator == \* KHP-CLOSE-04
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

C_reading_100_unexpected_continue == \* KHP-STATUS-100-02
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

C_reading_100_interim_limit == \* KHP-CLOSE-02
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

C_reading_202_wait == \* KHP-STATUS-202-01 RFC2068-202-01
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

C_reading_202_wait_unterminated == \* KHP-STATUS-202-01 RFC2068-202-01
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

C_reading_202_wait_on == \* KHP-STATUS-202-01
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

C_reading_202_wait_on_unterminated == \* KHP-STATUS-202-01
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

C_reading_202_unexpected_message == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Wait)"
  /\ ("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_202_extension_not_requested == \* KHP-CLOSE-03 KHP-EXT-RSP-09
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Wait)"
  /\ ~("extensions asked" \in ev.facts)
  /\ ~("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureExtensionNotRequested", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_202_missing_terminator == \* KHP-CLOSE-04
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

C_reading_202_accepted_only == \* KHP-STATUS-202-02
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

C_reading_202_interim_limit == \* KHP-CLOSE-02
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

C_reading_401_ask_credentials_REPLAY_WITHOUT_LIMIT == \* KHP-STATUS-401-01
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

C_reading_401_ask_credentials_unterminated_REPLAY_WITHOUT_LIMIT == \* KHP-STATUS-401-01
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

C_reading_401_unexpected_message_REPLAY_WITHOUT_LIMIT == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Replay)"
  /\ FAULT = "REPLAY_WITHOUT_LIMIT" \* INV-20: the client replays as often as it is challenged
  /\ ("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_401_extension_not_requested_REPLAY_WITHOUT_LIMIT == \* KHP-CLOSE-03 KHP-EXT-RSP-09
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

C_reading_401_missing_terminator_REPLAY_WITHOUT_LIMIT == \* KHP-CLOSE-04
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

C_reading_401_auth_required_REPLAY_WITHOUT_LIMIT == \* KHP-STATUS-401-01
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

C_reading_401_auth_limit_REPLAY_WITHOUT_LIMIT == \* KHP-STATUS-401-01
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

C_reading_401_ask_credentials == \* KHP-STATUS-401-01
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

C_reading_401_ask_credentials_unterminated == \* KHP-STATUS-401-01
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

C_reading_401_unexpected_message == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Replay)"
  /\ FAULT \notin {"REPLAY_WITHOUT_LIMIT"}
  /\ ("body cut short" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_401_extension_not_requested == \* KHP-CLOSE-03 KHP-EXT-RSP-09
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

C_reading_401_missing_terminator == \* KHP-CLOSE-04
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

C_reading_401_auth_required == \* KHP-STATUS-401-01
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

C_reading_401_auth_limit == \* KHP-STATUS-401-01
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

C_reading_status_close_status_REQUEST_AFTER_REFUSAL == \* KHP-CLOSE-02 KHP-EXT-RSP-06 KHP-CLASS-UNLISTED-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Close)"
  /\ FAULT = "REQUEST_AFTER_REFUSAL" \* INV-16: the client asks again after a terminating status
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Order("SendRequest"), Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_status_close_status == \* KHP-CLOSE-02 KHP-EXT-RSP-06 KHP-CLASS-UNLISTED-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(Close)"
  /\ FAULT \notin {"REQUEST_AFTER_REFUSAL"}
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_redirect_follow_REDIRECT_WITHOUT_LIMIT == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_redirect_status_REDIRECT_WITHOUT_LIMIT == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT = "REDIRECT_WITHOUT_LIMIT" \* INV-21: the client follows as often as it is redirected
  /\ NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_redirect_redirect_loop_REDIRECT_WITHOUT_LIMIT == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_redirect_redirect_refused_REDIRECT_WITHOUT_LIMIT == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_redirect_redirect_target_REDIRECT_WITHOUT_LIMIT == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_redirect_too_many_redirects_REDIRECT_WITHOUT_LIMIT == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_redirect_follow_FOLLOW_AT_ONCE == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_redirect_status_FOLLOW_AT_ONCE == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT = "FOLLOW_AT_ONCE" \* INV-28: the client goes on while the old connection is up
  /\ NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_redirect_redirect_loop_FOLLOW_AT_ONCE == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_redirect_redirect_refused_FOLLOW_AT_ONCE == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_redirect_redirect_target_FOLLOW_AT_ONCE == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_redirect_too_many_redirects_FOLLOW_AT_ONCE == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_redirect_follow == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_redirect_status == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectChoice)"
  /\ FAULT \notin {"REDIRECT_WITHOUT_LIMIT", "FOLLOW_AT_ONCE"}
  /\ NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_redirect_redirect_loop == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_redirect_redirect_refused == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_redirect_redirect_target == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_redirect_too_many_redirects == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_307_follow == \* KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_307_redirect_method == \* KHP-STATUS-307-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ OTHER_METHOD
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectMethod", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_307_status == \* KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(RedirectIfGet)"
  /\ NO_REDIRECTS
  /\ ~OTHER_METHOD
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_307_redirect_loop == \* KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_307_redirect_refused == \* KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_307_redirect_target == \* KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_307_too_many_redirects == \* KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_reading_407_follow == \* KHP-STATUS-407-01 KHP-STATUS-407-02 RFC2068-407-01 RFC2068-407-03
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

C_reading_407_status == \* KHP-STATUS-407-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Response(ProxyAuth)"
  /\ (~("proxy challenge" \in ev.facts) \/ ~PROXY \/ ("proxy tried" \in c.marks))
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus", !.status = ev.status]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_426_redirect_loop == \* KHP-STATUS-426-01 KHP-REDIR-05
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

C_reading_426_too_many_redirects == \* KHP-STATUS-426-01 KHP-REDIR-04
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

C_reading_426_follow == \* KHP-STATUS-426-01 KHP-STATUS-426-02
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

C_reading_426_status == \* KHP-STATUS-426-01
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

C_reading_violation_failed == \* KHP-CLOSE-02 WSP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_ping_pong == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "PingReceived"
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_peer_closed_missing_terminator == \* KHP-CLOSE-01 KHP-CLOSE-04 WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "PeerClosed"
  /\ ("response complete" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureMissingTerminator"]
  /\ orders' = << Order("StopTimers"), Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_peer_closed_peer_closed == \* KHP-CLOSE-01 WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "PeerClosed"
  /\ ~("response complete" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("StopTimers"), Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_lost_missing_terminator == \* KHP-CLOSE-01 KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "ConnectionLost"
  /\ ("response complete" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureMissingTerminator"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_lost_connection_lost == \* KHP-CLOSE-01
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

C_reading_response_timer_missing_terminator == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "TimerExpired(Response)"
  /\ ("response complete" \in ev.facts)
  /\ ~("wait running" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureMissingTerminator"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_response_timer_timeout == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "TimerExpired(Response)"
  /\ ~("wait running" \in c.marks)
  /\ ~("response complete" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_wait_timer_accepted_only == \* KHP-STATUS-202-02
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

C_reading_overall_timer_missing_terminator == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "TimerExpired(Overall)"
  /\ ("response complete" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureMissingTerminator"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_overall_timer_timeout == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Reading"
  /\ ev.on = "TimerExpired(Overall)"
  /\ ~("response complete" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_reading_close_close == \* LIV-11
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

C_sending_body_data_reading == \* KHP-STATUS-100-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "DataReceived"
  /\ c' = [c EXCEPT !.phase = "Reading", !.marks = (@ \cup {"body cut short"})]
  /\ orders' = << Order("StopBody") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_sending_body_terminator_late_terminator == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "TerminatorReceived"
  /\ ("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.marks = (@ \ {"late terminator possible"})]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_sending_body_terminator_unexpected_message == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "TerminatorReceived"
  /\ ~("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_sending_body_violation_failed == \* KHP-CLOSE-02 WSP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_sending_body_body_written_await_response == \* KHP-STATUS-100-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "BodyWritten"
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.marks = (@ \cup {"body sent"})]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_sending_body_ping_pong == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "PingReceived"
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_sending_body_peer_closed_peer_closed == \* KHP-CLOSE-01 WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "PeerClosed"
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("StopTimers"), Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_sending_body_lost_connection_lost == \* KHP-CLOSE-01
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

C_sending_body_response_timer_timeout == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "TimerExpired(Response)"
  /\ ~("wait running" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_sending_body_wait_timer_accepted_only == \* KHP-STATUS-202-02
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

C_sending_body_overall_timer_timeout == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "SendingBody"
  /\ ev.on = "TimerExpired(Overall)"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_sending_body_close_close == \* LIV-11
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

C_await_credentials_data_unexpected_message == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "DataReceived"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_credentials_terminator_late_terminator == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "TerminatorReceived"
  /\ ("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.marks = (@ \ {"late terminator possible"})]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_credentials_terminator_unexpected_message == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "TerminatorReceived"
  /\ ~("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_credentials_violation_failed == \* KHP-CLOSE-02 WSP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_credentials_credentials_replay == \* KHP-STATUS-401-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "CredentialsSupplied"
  /\ ("new credentials" \in ev.facts)
  /\ ~("wait running" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.marks = (@ \ {"body sent"}), !.replays = @ + 1]
  /\ orders' = << Order("ReplayRequest"), Timed("StopTimer", "Credentials"), Timed("ArmTimer", "Response"), Timed("ResumeTimer", "Overall") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_credentials_credentials_replay_waiting == \* KHP-STATUS-401-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "CredentialsSupplied"
  /\ ("new credentials" \in ev.facts)
  /\ ("wait running" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "AwaitResponse", !.marks = (@ \ {"body sent"}), !.replays = @ + 1]
  /\ orders' = << Order("ReplayRequest"), Timed("StopTimer", "Credentials"), Timed("ResumeTimer", "Wait"), Timed("ResumeTimer", "Overall") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_credentials_credentials_credentials_refused == \* KHP-STATUS-401-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "CredentialsSupplied"
  /\ (~("new credentials" \in ev.facts) \/ ("wait running" \in c.marks))
  /\ (~("new credentials" \in ev.facts) \/ ~("wait running" \in c.marks))
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureCredentialsRefused"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_credentials_no_credentials_auth_required == \* KHP-STATUS-401-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "CredentialsDeclined"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureAuthRequired"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_credentials_ping_pong == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "PingReceived"
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_credentials_peer_closed_peer_closed == \* KHP-CLOSE-01 WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "PeerClosed"
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("StopTimers"), Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_credentials_lost_connection_lost == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "ConnectionLost"
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_credentials_credential_timer_credential_timeout == \* KHP-STATUS-401-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitCredentials"
  /\ ev.on = "TimerExpired(Credentials)"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureCredentialTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_credentials_close_close == \* LIV-11
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

C_await_confirm_proceed_open == \* KHP-GEN-05 KHP-CLOSE-05 KHP-STATUS-101-01 KHP-STATUS-101-02 KHP-STATUS-201-01 KHP-STATUS-204-01 KHP-STATUS-205-01 KHP-EXT-RSP-10
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "ProceedReceived"
  /\ c' = [c EXCEPT !.phase = "Open"]
  /\ orders' = << Order("StopTimers"), Order("Complete") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_confirm_reroute_follow == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_await_confirm_reroute_status == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "RerouteReceived"
  /\ NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureStatus"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_confirm_reroute_redirect_loop == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "RerouteReceived"
  /\ ("target visited" \in ev.facts)
  /\ ~NO_REDIRECTS
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureRedirectLoop"]
  /\ orders' = << Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_confirm_reroute_redirect_refused == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_await_confirm_reroute_redirect_target == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_await_confirm_reroute_too_many_redirects == \* KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04
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

C_await_confirm_data_unexpected_message == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "DataReceived"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_confirm_terminator_late_terminator == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "TerminatorReceived"
  /\ ("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.marks = (@ \ {"late terminator possible"})]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_confirm_terminator_unexpected_message == \* KHP-EXT-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "TerminatorReceived"
  /\ ~("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureUnexpectedMessage"]
  /\ orders' = << Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_confirm_violation_failed == \* KHP-CLOSE-02 WSP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_confirm_ping_pong == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "PingReceived"
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_confirm_peer_closed_peer_closed == \* KHP-CLOSE-01 WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "PeerClosed"
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("StopTimers"), Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_confirm_lost_connection_lost == \* KHP-CLOSE-01
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

C_await_confirm_response_timer_timeout == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "TimerExpired(Response)"
  /\ ~("wait running" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_confirm_wait_timer_accepted_only == \* KHP-STATUS-202-02
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

C_await_confirm_overall_timer_timeout == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "AwaitConfirm"
  /\ ev.on = "TimerExpired(Overall)"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan fail"}), !.plan = "PlanFail", !.failure = "FailureTimeout"]
  /\ orders' = << Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_await_confirm_close_close == \* LIV-11
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

C_open_data_deliver == \* KHP-GEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "DataReceived"
  /\ c' = [c EXCEPT !.marks = (@ \ {"late terminator possible"})]
  /\ orders' = << Order("Deliver") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_open_terminator_late_terminator == \* KHP-CLOSE-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "TerminatorReceived"
  /\ ("late terminator possible" \in c.marks)
  /\ c' = [c EXCEPT !.marks = (@ \ {"late terminator possible"})]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_open_terminator_deliver == \* KHP-GEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "TerminatorReceived"
  /\ ~("late terminator possible" \in c.marks)
  /\ c' = c
  /\ orders' = << Order("Deliver") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_open_violation_close == \* WSP-CLOSE-02 WSP-FRAME-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_open_ping_pong == \* WSP-FRAME-05
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

C_open_peer_closed_draining == \* WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "PeerClosed"
  /\ FAULT \notin {"CLOSE_UNEXPECTED"}
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose"]
  /\ orders' = << Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_open_lost_done == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "ConnectionLost"
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_open_send_send == \* KHP-GEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Open"
  /\ ev.on = "SendRequested"
  /\ c' = c
  /\ orders' = << Order("SendMessage") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_open_close_close == \* LIV-11
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

C_plain_data_deliver == \* KHP-GEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on = "DataReceived"
  /\ c' = c
  /\ orders' = << Order("Deliver") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_plain_terminator_deliver == \* KHP-OPEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on = "TerminatorReceived"
  /\ c' = c
  /\ orders' = << Order("Deliver") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_plain_violation_close == \* WSP-CLOSE-02 WSP-FRAME-04
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on = "Violation"
  /\ c' = [c EXCEPT !.phase = "Closing", !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_plain_ping_pong == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on = "PingReceived"
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_plain_peer_closed_draining == \* WSP-FRAME-06
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on = "PeerClosed"
  /\ c' = [c EXCEPT !.phase = "Draining", !.marks = (@ \cup {"plan close"}), !.plan = "PlanClose"]
  /\ orders' = << Order("SendClose"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_plain_lost_done == \* KHP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on = "ConnectionLost"
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_plain_send_send == \* KHP-GEN-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Plain"
  /\ ev.on = "SendRequested"
  /\ c' = c
  /\ orders' = << Order("SendMessage") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_plain_close_close == \* LIV-11
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

C_closing_violation_failed == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "Violation"
  /\ ("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Failed"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_closing_violation_done == \* LIV-07
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "Violation"
  /\ ("plan close" \in c.marks)
  /\ ~("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_closing_violation_follow == \* KHP-REDIR-02 KHP-REDIR-03
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

C_closing_ping_pong == \* WSP-FRAME-05
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "PingReceived"
  /\ ~("plan fail" \in c.marks)
  /\ c' = c
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_closing_peer_closed_draining_SECOND_CLOSE == \* WSP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "PeerClosed"
  /\ FAULT = "SECOND_CLOSE" \* WSP-FRAME-06: the client answers the answer to its Close
  /\ c' = [c EXCEPT !.phase = "Draining"]
  /\ orders' = << Order("SendClose") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_closing_peer_closed_draining == \* WSP-CLOSE-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "PeerClosed"
  /\ FAULT \notin {"SECOND_CLOSE"}
  /\ c' = [c EXCEPT !.phase = "Draining"]
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_closing_lost_failed_NO_END == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "ConnectionLost"
  /\ FAULT = "NO_END" \* INV-05: the client forgets to tell that it failed
  /\ ("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Failed"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_closing_lost_done_NO_END == \* LIV-07
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

C_closing_lost_follow_NO_END == \* KHP-REDIR-02 KHP-REDIR-03
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

C_closing_lost_failed_TWO_ENDS == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "ConnectionLost"
  /\ FAULT = "TWO_ENDS" \* INV-05: the client tells its end twice
  /\ ("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Failed"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_closing_lost_done_TWO_ENDS == \* LIV-07
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

C_closing_lost_follow_TWO_ENDS == \* KHP-REDIR-02 KHP-REDIR-03
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

C_closing_lost_failed == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "ConnectionLost"
  /\ FAULT \notin {"NO_END", "TWO_ENDS"}
  /\ ("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Failed"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_closing_lost_done == \* LIV-07
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

C_closing_lost_follow == \* KHP-REDIR-02 KHP-REDIR-03
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

C_closing_close_timer_failed == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "TimerExpired(Close)"
  /\ ("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Failed"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_closing_close_timer_done == \* LIV-07
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Closing"
  /\ ev.on = "TimerExpired(Close)"
  /\ ("plan close" \in c.marks)
  /\ ~("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_closing_close_timer_follow == \* KHP-REDIR-02 KHP-REDIR-03
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

C_closing_close_give_up == \* LIV-11
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

C_draining_violation_failed == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "Violation"
  /\ ("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Failed"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_draining_violation_done == \* LIV-07
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "Violation"
  /\ ("plan close" \in c.marks)
  /\ ~("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_draining_violation_follow == \* KHP-REDIR-02 KHP-REDIR-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "Violation"
  /\ ~("plan fail" \in c.marks)
  /\ ~("plan close" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Redirecting"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Follow") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_draining_lost_failed == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "ConnectionLost"
  /\ ("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Failed"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_draining_lost_done == \* LIV-07
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "ConnectionLost"
  /\ ("plan close" \in c.marks)
  /\ ~("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_draining_lost_follow == \* KHP-REDIR-02 KHP-REDIR-03
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "ConnectionLost"
  /\ ~("plan fail" \in c.marks)
  /\ ~("plan close" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Redirecting"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Follow") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_draining_close_timer_failed == \* KHP-CLOSE-02
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "TimerExpired(Close)"
  /\ ("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Failed"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_draining_close_timer_done == \* LIV-07
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Draining"
  /\ ev.on = "TimerExpired(Close)"
  /\ ("plan close" \in c.marks)
  /\ ~("plan fail" \in c.marks)
  /\ c' = [c EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_draining_close_timer_follow == \* KHP-REDIR-02 KHP-REDIR-03
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

C_draining_close_give_up == \* LIV-11
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

C_redirecting_connect_dial == \* KHP-REDIR-03 WSP-OPEN-07
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Redirecting"
  /\ ev.on = "ConnectRequested"
  /\ ("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Connecting", !.marks = (@ \cap {"proxy tried"}), !.interim = 0, !.replays = 0, !.plan = "none", !.failure = "none", !.status = 0]
  /\ orders' = << Order("Dial"), Timed("ArmTimer", "Opening") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_redirecting_connect_url == \* WSP-URI-01
  /\ ev.side = "client" /\ ~ev.done
  /\ c.phase = "Redirecting"
  /\ ev.on = "ConnectRequested"
  /\ ~("target usable" \in ev.facts)
  /\ c' = [c EXCEPT !.phase = "Failed", !.failure = "FailureURL"]
  /\ orders' = << Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<s, ch, sh, net, broken>>

C_redirecting_close_done == \* LIV-11
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
  \/ C_idle_connect_dial
  \/ C_idle_connect_url
  \/ C_idle_close_done
  \/ Client_Idle_refuses
  \/ C_connecting_connected_send_opening_REQUEST_TOO_EARLY
  \/ C_connecting_connected_send_opening
  \/ C_connecting_connect_failed_connect
  \/ C_connecting_lost_connect
  \/ C_connecting_opening_timer_timeout
  \/ C_connecting_close_done
  \/ Client_Connecting_ignores
  \/ Client_Connecting_refuses
  \/ C_opening_opened_request_SEND_EARLY
  \/ C_opening_opened_request_auto_SEND_EARLY
  \/ C_opening_opened_await_proceed_SEND_EARLY
  \/ C_opening_opened_plain_SEND_EARLY
  \/ C_opening_opened_not_selected_SEND_EARLY
  \/ C_opening_opened_request_BODY_UNASKED
  \/ C_opening_opened_request_auto_BODY_UNASKED
  \/ C_opening_opened_await_proceed_BODY_UNASKED
  \/ C_opening_opened_plain_BODY_UNASKED
  \/ C_opening_opened_not_selected_BODY_UNASKED
  \/ C_opening_opened_request_REPLAY_UNASKED
  \/ C_opening_opened_request_auto_REPLAY_UNASKED
  \/ C_opening_opened_await_proceed_REPLAY_UNASKED
  \/ C_opening_opened_plain_REPLAY_UNASKED
  \/ C_opening_opened_not_selected_REPLAY_UNASKED
  \/ C_opening_opened_request
  \/ C_opening_opened_request_auto
  \/ C_opening_opened_await_proceed
  \/ C_opening_opened_plain
  \/ C_opening_opened_not_selected
  \/ C_opening_complete_status
  \/ C_opening_100_status
  \/ C_opening_202_status
  \/ C_opening_401_auth_required
  \/ C_opening_401_auth_limit
  \/ C_opening_401_ask_credentials
  \/ C_opening_status_close_status
  \/ C_opening_redirect_follow
  \/ C_opening_redirect_status
  \/ C_opening_redirect_redirect_loop
  \/ C_opening_redirect_redirect_refused
  \/ C_opening_redirect_redirect_target
  \/ C_opening_redirect_too_many_redirects
  \/ C_opening_307_follow
  \/ C_opening_307_status
  \/ C_opening_307_redirect_loop
  \/ C_opening_307_redirect_refused
  \/ C_opening_307_redirect_target
  \/ C_opening_307_too_many_redirects
  \/ C_opening_407_follow
  \/ C_opening_407_status
  \/ C_opening_426_redirect_loop
  \/ C_opening_426_too_many_redirects
  \/ C_opening_426_follow
  \/ C_opening_426_status
  \/ C_opening_violation_failed
  \/ C_opening_lost_connection_lost
  \/ C_opening_opening_timer_timeout
  \/ C_opening_close_done
  \/ Client_Opening_ignores
  \/ Client_Opening_refuses
  \/ C_await_login_credentials_dial
  \/ C_await_login_credentials_credentials_refused
  \/ C_await_login_no_credentials_auth_required
  \/ C_await_login_credential_timer_credential_timeout
  \/ C_await_login_close_done
  \/ Client_AwaitLogin_ignores
  \/ Client_AwaitLogin_refuses
  \/ C_await_proceed_proceed_request
  \/ C_await_proceed_reroute_follow
  \/ C_await_proceed_reroute_status
  \/ C_await_proceed_reroute_redirect_loop
  \/ C_await_proceed_reroute_redirect_refused
  \/ C_await_proceed_reroute_redirect_target
  \/ C_await_proceed_reroute_too_many_redirects
  \/ C_await_proceed_data_unexpected_message
  \/ C_await_proceed_terminator_unexpected_message
  \/ C_await_proceed_violation_failed
  \/ C_await_proceed_ping_pong
  \/ C_await_proceed_peer_closed_peer_closed
  \/ C_await_proceed_lost_connection_lost
  \/ C_await_proceed_opening_timer_timeout
  \/ C_await_proceed_overall_timer_timeout
  \/ C_await_proceed_close_close
  \/ Client_AwaitProceed_ignores
  \/ Client_AwaitProceed_refuses
  \/ C_await_response_proceed_gateway
  \/ C_await_response_proceed_unexpected_message
  \/ C_AwaitResponse_ProceedReceived_193
  \/ C_await_response_reroute_follow
  \/ C_await_response_reroute_status
  \/ C_await_response_reroute_redirect_loop
  \/ C_await_response_reroute_redirect_refused
  \/ C_await_response_reroute_redirect_target
  \/ C_await_response_reroute_too_many_redirects
  \/ C_await_response_reroute_unexpected_message
  \/ C_AwaitResponse_RerouteReceived_201
  \/ C_await_response_data_reading_OPEN_AT_FIRST_BYTE
  \/ C_await_response_data_reading_DELIVER_EARLY
  \/ C_await_response_data_reading_REQUEST_TWICE
  \/ C_await_response_data_reading_TIMER_STARTED_OVER
  \/ C_await_response_data_reading
  \/ C_await_response_terminator_late_terminator
  \/ C_await_response_terminator_unexpected_message
  \/ C_await_response_violation_failed
  \/ C_await_response_ping_pong
  \/ C_await_response_peer_closed_peer_closed
  \/ C_await_response_lost_connection_lost
  \/ C_AwaitResponse_TimerExpired_Response_222
  \/ C_await_response_response_timer_timeout
  \/ C_await_response_wait_timer_accepted_only
  \/ C_AwaitResponse_TimerExpired_Wait_225
  \/ C_await_response_overall_timer_timeout
  \/ C_await_response_close_close
  \/ Client_AwaitResponse_ignores
  \/ Client_AwaitResponse_refuses
  \/ C_reading_data_more
  \/ C_reading_complete_open
  \/ C_reading_complete_open_unterminated
  \/ C_reading_complete_await_confirm
  \/ C_reading_complete_await_confirm_unterminated
  \/ C_reading_complete_unexpected_message
  \/ C_reading_complete_accept_mismatch
  \/ C_reading_complete_protocol_not_requested
  \/ C_reading_complete_extension_not_requested
  \/ C_reading_complete_missing_terminator
  \/ C_reading_100_body_sent
  \/ C_reading_100_body_sent_unterminated
  \/ C_reading_100_send_body
  \/ C_reading_100_send_body_unterminated
  \/ C_reading_100_unexpected_message
  \/ C_reading_100_extension_not_requested
  \/ C_reading_100_missing_terminator
  \/ C_reading_100_unexpected_continue
  \/ C_reading_100_interim_limit
  \/ C_reading_202_wait
  \/ C_reading_202_wait_unterminated
  \/ C_reading_202_wait_on
  \/ C_reading_202_wait_on_unterminated
  \/ C_reading_202_unexpected_message
  \/ C_reading_202_extension_not_requested
  \/ C_reading_202_missing_terminator
  \/ C_reading_202_accepted_only
  \/ C_reading_202_interim_limit
  \/ C_reading_401_ask_credentials_REPLAY_WITHOUT_LIMIT
  \/ C_reading_401_ask_credentials_unterminated_REPLAY_WITHOUT_LIMIT
  \/ C_reading_401_unexpected_message_REPLAY_WITHOUT_LIMIT
  \/ C_reading_401_extension_not_requested_REPLAY_WITHOUT_LIMIT
  \/ C_reading_401_missing_terminator_REPLAY_WITHOUT_LIMIT
  \/ C_reading_401_auth_required_REPLAY_WITHOUT_LIMIT
  \/ C_reading_401_auth_limit_REPLAY_WITHOUT_LIMIT
  \/ C_reading_401_ask_credentials
  \/ C_reading_401_ask_credentials_unterminated
  \/ C_reading_401_unexpected_message
  \/ C_reading_401_extension_not_requested
  \/ C_reading_401_missing_terminator
  \/ C_reading_401_auth_required
  \/ C_reading_401_auth_limit
  \/ C_reading_status_close_status_REQUEST_AFTER_REFUSAL
  \/ C_reading_status_close_status
  \/ C_reading_redirect_follow_REDIRECT_WITHOUT_LIMIT
  \/ C_reading_redirect_status_REDIRECT_WITHOUT_LIMIT
  \/ C_reading_redirect_redirect_loop_REDIRECT_WITHOUT_LIMIT
  \/ C_reading_redirect_redirect_refused_REDIRECT_WITHOUT_LIMIT
  \/ C_reading_redirect_redirect_target_REDIRECT_WITHOUT_LIMIT
  \/ C_reading_redirect_too_many_redirects_REDIRECT_WITHOUT_LIMIT
  \/ C_reading_redirect_follow_FOLLOW_AT_ONCE
  \/ C_reading_redirect_status_FOLLOW_AT_ONCE
  \/ C_reading_redirect_redirect_loop_FOLLOW_AT_ONCE
  \/ C_reading_redirect_redirect_refused_FOLLOW_AT_ONCE
  \/ C_reading_redirect_redirect_target_FOLLOW_AT_ONCE
  \/ C_reading_redirect_too_many_redirects_FOLLOW_AT_ONCE
  \/ C_reading_redirect_follow
  \/ C_reading_redirect_status
  \/ C_reading_redirect_redirect_loop
  \/ C_reading_redirect_redirect_refused
  \/ C_reading_redirect_redirect_target
  \/ C_reading_redirect_too_many_redirects
  \/ C_reading_307_follow
  \/ C_reading_307_redirect_method
  \/ C_reading_307_status
  \/ C_reading_307_redirect_loop
  \/ C_reading_307_redirect_refused
  \/ C_reading_307_redirect_target
  \/ C_reading_307_too_many_redirects
  \/ C_reading_407_follow
  \/ C_reading_407_status
  \/ C_reading_426_redirect_loop
  \/ C_reading_426_too_many_redirects
  \/ C_reading_426_follow
  \/ C_reading_426_status
  \/ C_reading_violation_failed
  \/ C_reading_ping_pong
  \/ C_reading_peer_closed_missing_terminator
  \/ C_reading_peer_closed_peer_closed
  \/ C_reading_lost_missing_terminator
  \/ C_reading_lost_connection_lost
  \/ C_Reading_TimerExpired_Response_303
  \/ C_reading_response_timer_missing_terminator
  \/ C_reading_response_timer_timeout
  \/ C_reading_wait_timer_accepted_only
  \/ C_Reading_TimerExpired_Wait_307
  \/ C_reading_overall_timer_missing_terminator
  \/ C_reading_overall_timer_timeout
  \/ C_reading_close_close
  \/ Client_Reading_ignores
  \/ Client_Reading_refuses
  \/ C_sending_body_data_reading
  \/ C_sending_body_terminator_late_terminator
  \/ C_sending_body_terminator_unexpected_message
  \/ C_sending_body_violation_failed
  \/ C_sending_body_body_written_await_response
  \/ C_sending_body_ping_pong
  \/ C_sending_body_peer_closed_peer_closed
  \/ C_sending_body_lost_connection_lost
  \/ C_SendingBody_TimerExpired_Response_340
  \/ C_sending_body_response_timer_timeout
  \/ C_sending_body_wait_timer_accepted_only
  \/ C_SendingBody_TimerExpired_Wait_343
  \/ C_sending_body_overall_timer_timeout
  \/ C_sending_body_close_close
  \/ Client_SendingBody_ignores
  \/ Client_SendingBody_refuses
  \/ C_await_credentials_data_unexpected_message
  \/ C_await_credentials_terminator_late_terminator
  \/ C_await_credentials_terminator_unexpected_message
  \/ C_await_credentials_violation_failed
  \/ C_await_credentials_credentials_replay
  \/ C_await_credentials_credentials_replay_waiting
  \/ C_await_credentials_credentials_credentials_refused
  \/ C_await_credentials_no_credentials_auth_required
  \/ C_await_credentials_ping_pong
  \/ C_await_credentials_peer_closed_peer_closed
  \/ C_await_credentials_lost_connection_lost
  \/ C_await_credentials_credential_timer_credential_timeout
  \/ C_await_credentials_close_close
  \/ Client_AwaitCredentials_ignores
  \/ Client_AwaitCredentials_refuses
  \/ C_await_confirm_proceed_open
  \/ C_await_confirm_reroute_follow
  \/ C_await_confirm_reroute_status
  \/ C_await_confirm_reroute_redirect_loop
  \/ C_await_confirm_reroute_redirect_refused
  \/ C_await_confirm_reroute_redirect_target
  \/ C_await_confirm_reroute_too_many_redirects
  \/ C_await_confirm_data_unexpected_message
  \/ C_await_confirm_terminator_late_terminator
  \/ C_await_confirm_terminator_unexpected_message
  \/ C_await_confirm_violation_failed
  \/ C_await_confirm_ping_pong
  \/ C_await_confirm_peer_closed_peer_closed
  \/ C_await_confirm_lost_connection_lost
  \/ C_AwaitConfirm_TimerExpired_Response_415
  \/ C_await_confirm_response_timer_timeout
  \/ C_await_confirm_wait_timer_accepted_only
  \/ C_AwaitConfirm_TimerExpired_Wait_418
  \/ C_await_confirm_overall_timer_timeout
  \/ C_await_confirm_close_close
  \/ Client_AwaitConfirm_ignores
  \/ Client_AwaitConfirm_refuses
  \/ C_open_data_deliver
  \/ C_open_terminator_late_terminator
  \/ C_open_terminator_deliver
  \/ C_open_violation_close
  \/ C_open_ping_pong
  \/ C_Open_PeerClosed_447_CLOSE_UNEXPECTED
  \/ C_open_peer_closed_draining
  \/ C_open_lost_done
  \/ C_open_send_send
  \/ C_open_close_close
  \/ Client_Open_ignores
  \/ Client_Open_refuses
  \/ C_plain_data_deliver
  \/ C_plain_terminator_deliver
  \/ C_plain_violation_close
  \/ C_plain_ping_pong
  \/ C_plain_peer_closed_draining
  \/ C_plain_lost_done
  \/ C_plain_send_send
  \/ C_plain_close_close
  \/ Client_Plain_ignores
  \/ Client_Plain_refuses
  \/ C_closing_violation_failed
  \/ C_closing_violation_done
  \/ C_closing_violation_follow
  \/ C_Closing_PingReceived_512
  \/ C_closing_ping_pong
  \/ C_closing_peer_closed_draining_SECOND_CLOSE
  \/ C_closing_peer_closed_draining
  \/ C_closing_lost_failed_NO_END
  \/ C_closing_lost_done_NO_END
  \/ C_closing_lost_follow_NO_END
  \/ C_closing_lost_failed_TWO_ENDS
  \/ C_closing_lost_done_TWO_ENDS
  \/ C_closing_lost_follow_TWO_ENDS
  \/ C_closing_lost_failed
  \/ C_closing_lost_done
  \/ C_closing_lost_follow
  \/ C_closing_close_timer_failed
  \/ C_closing_close_timer_done
  \/ C_closing_close_timer_follow
  \/ C_Closing_CloseRequested_527
  \/ C_Closing_CloseRequested_528
  \/ C_closing_close_give_up
  \/ Client_Closing_ignores
  \/ Client_Closing_refuses
  \/ C_draining_violation_failed
  \/ C_draining_violation_done
  \/ C_draining_violation_follow
  \/ C_draining_lost_failed
  \/ C_draining_lost_done
  \/ C_draining_lost_follow
  \/ C_draining_close_timer_failed
  \/ C_draining_close_timer_done
  \/ C_draining_close_timer_follow
  \/ C_Draining_CloseRequested_567
  \/ C_Draining_CloseRequested_568
  \/ C_draining_close_give_up
  \/ Client_Draining_ignores
  \/ Client_Draining_refuses
  \/ C_redirecting_connect_dial
  \/ C_redirecting_connect_url
  \/ C_redirecting_close_done
  \/ Client_Redirecting_ignores
  \/ Client_Redirecting_refuses
  \/ Client_Done_ignores
  \/ Client_Done_refuses
  \/ Client_Failed_ignores
  \/ Client_Failed_refuses

-----------------------------------------------------------------------------
\* The table of the server.

S_opening_opening_request_await_request_kaazing_DECIDE_ON_NOTHING == \* KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04
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

S_opening_opening_request_await_request_DECIDE_ON_NOTHING == \* KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04
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

S_opening_opening_request_plain_DECIDE_ON_NOTHING == \* KHP-OPEN-05 WSP-OPEN-08
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "OpeningRequest"
  /\ FAULT = "DECIDE_ON_NOTHING" \* INV-41: the server asks for a decision before there is a request
  /\ ("valid" \in ev.facts)
  /\ SERVE_PLAIN
  /\ ~("KHP selected" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Plain", !.marks = (@ \cup {"was open"})]
  /\ orders' = << Order("SendOpening"), Order("OpenPlain") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_opening_opening_request_not_selected_DECIDE_ON_NOTHING == \* KHP-OPEN-03
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

S_opening_opening_request_opening_DECIDE_ON_NOTHING == \* KHP-OPEN-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "OpeningRequest"
  /\ FAULT = "DECIDE_ON_NOTHING" \* INV-41: the server asks for a decision before there is a request
  /\ ~("valid" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureOpening", !.status = ev.status]
  /\ orders' = << Order("RefuseOpening"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_opening_opening_request_await_request_kaazing == \* KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04
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

S_opening_opening_request_await_request == \* KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04
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

S_opening_opening_request_plain == \* KHP-OPEN-05 WSP-OPEN-08
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "OpeningRequest"
  /\ FAULT \notin {"DECIDE_ON_NOTHING"}
  /\ ("valid" \in ev.facts)
  /\ SERVE_PLAIN
  /\ ~("KHP selected" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Plain", !.marks = (@ \cup {"was open"})]
  /\ orders' = << Order("SendOpening"), Order("OpenPlain") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_opening_opening_request_not_selected == \* KHP-OPEN-03
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

S_opening_opening_request_opening == \* KHP-OPEN-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "OpeningRequest"
  /\ FAULT \notin {"DECIDE_ON_NOTHING"}
  /\ ~("valid" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureOpening", !.status = ev.status]
  /\ orders' = << Order("RefuseOpening"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_opening_violation_failed == \* KHP-OPEN-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "Violation"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_opening_lost_connection_lost == \* KHP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Opening"
  /\ ev.on = "ConnectionLost"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_opening_close_shutdown == \* LIV-11
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

S_await_request_request_malformed == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-RSP-02 KHP-EXT-RSP-03 KHP-EXT-RSP-04
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "Request"
  /\ ("extension of the opening again" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureMalformed", !.status = 400]
  /\ orders' = << Coded("SendResponse", 400), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_request_request_continue == \* KHP-STATUS-100-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "Request"
  /\ ("Expect with body outstanding" \in ev.facts)
  /\ ~("extension of the opening again" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "AwaitBody", !.status = 100]
  /\ orders' = << Timed("StopTimer", "Request"), Coded("SendResponse", 100), Order("SendTerminator"), Timed("ArmTimer", "Body") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_request_request_decide == \* KHP-EXT-RSP-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "Request"
  /\ ~("extension of the opening again" \in ev.facts)
  /\ ~("Expect with body outstanding" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Deciding"]
  /\ orders' = << Timed("StopTimer", "Request"), Order("AskDecision") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_request_bad_request_malformed == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "BadRequest"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureMalformed", !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_request_data_unexpected_message == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-02
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "DataReceived"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureUnexpectedMessage", !.status = 400]
  /\ orders' = << Coded("SendResponse", 400), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_request_violation_failed == \* WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "Violation"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_request_ping_pong == \* WSP-FRAME-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "PingReceived"
  /\ s' = s
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_request_peer_closed_peer_closed == \* WSP-FRAME-06
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "PeerClosed"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_request_lost_connection_lost == \* KHP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "ConnectionLost"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_request_request_timer_timeout == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-408-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "TimerExpired(Request)"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureTimeout", !.status = 408]
  /\ orders' = << Coded("SendResponse", 408), Order("SendTerminator"), Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_request_overall_timer_timeout == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-408-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitRequest"
  /\ ev.on = "TimerExpired(Overall)"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureTimeout", !.status = 408]
  /\ orders' = << Coded("SendResponse", 408), Order("SendTerminator"), Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_request_close_shutdown == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 LIV-11
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

S_await_body_bad_request_malformed == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "BadRequest"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureMalformed", !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_body_body_decide == \* KHP-STATUS-100-01 RFC2068-100-04
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "BodyReceived"
  /\ s' = [s EXCEPT !.phase = "Deciding"]
  /\ orders' = << Timed("StopTimer", "Body"), Order("AskDecision") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_body_data_more == \* KHP-EXT-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "DataReceived"
  /\ s' = s
  /\ orders' = <<>>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_body_violation_failed == \* WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "Violation"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_body_ping_pong == \* WSP-FRAME-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "PingReceived"
  /\ s' = s
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_body_peer_closed_peer_closed == \* WSP-FRAME-06
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "PeerClosed"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_body_lost_connection_lost == \* KHP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "ConnectionLost"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_body_body_timer_timeout == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-408-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "TimerExpired(Body)"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureTimeout", !.status = 408]
  /\ orders' = << Coded("SendResponse", 408), Order("SendTerminator"), Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_body_overall_timer_timeout == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-408-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitBody"
  /\ ev.on = "TimerExpired(Overall)"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureTimeout", !.status = 408]
  /\ orders' = << Coded("SendResponse", 408), Order("SendTerminator"), Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_body_close_shutdown == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 LIV-11
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

S_deciding_data_unexpected_message == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-02
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "DataReceived"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureUnexpectedMessage", !.status = 400]
  /\ orders' = << Coded("SendResponse", 400), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_deciding_accept_reroute_NO_TERMINATOR == \* KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Complete)"
  /\ FAULT = "NO_TERMINATOR" \* INV-42: the server accepts without a terminator
  /\ ("selection valid" \in ev.facts)
  /\ ("reroute" \in ev.facts)
  /\ ("kaazing" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Closing", !.marks = (@ \cup {"was open"}), !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Order("SendReroute"), Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_deciding_accept_open_kaazing_NO_TERMINATOR == \* KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Complete)"
  /\ FAULT = "NO_TERMINATOR" \* INV-42: the server accepts without a terminator
  /\ ("selection valid" \in ev.facts)
  /\ ("kaazing" \in s.marks)
  /\ ~("reroute" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Open", !.marks = (@ \cup {"was open"}), !.status = ev.status]
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

S_deciding_accept_open_NO_TERMINATOR == \* KHP-EXT-RSP-01 KHP-EXT-RSP-07 KHP-EXT-RSP-09 KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Complete)"
  /\ FAULT = "NO_TERMINATOR" \* INV-42: the server accepts without a terminator
  /\ ("selection valid" \in ev.facts)
  /\ ~("kaazing" \in s.marks)
  /\ ~("reroute" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Open", !.marks = (@ \cup {"was open"}), !.status = ev.status]
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

S_deciding_accept_reroute == \* KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Complete)"
  /\ FAULT \notin {"NO_TERMINATOR"}
  /\ ("selection valid" \in ev.facts)
  /\ ("reroute" \in ev.facts)
  /\ ("kaazing" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Closing", !.marks = (@ \cup {"was open"}), !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Order("SendReroute"), Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_deciding_accept_open_kaazing == \* KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Complete)"
  /\ FAULT \notin {"NO_TERMINATOR"}
  /\ ("selection valid" \in ev.facts)
  /\ ("kaazing" \in s.marks)
  /\ ~("reroute" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Open", !.marks = (@ \cup {"was open"}), !.status = ev.status]
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

S_deciding_accept_open == \* KHP-EXT-RSP-01 KHP-EXT-RSP-07 KHP-EXT-RSP-09 KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Complete)"
  /\ FAULT \notin {"NO_TERMINATOR"}
  /\ ("selection valid" \in ev.facts)
  /\ ~("kaazing" \in s.marks)
  /\ ~("reroute" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Open", !.marks = (@ \cup {"was open"}), !.status = ev.status]
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

S_deciding_100_status == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14
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

S_deciding_202_wait == \* KHP-STATUS-202-01 KHP-EXT-RSP-14
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

S_deciding_401_await_replay == \* KHP-STATUS-401-03 KHP-STATUS-401-04 KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Replay)"
  /\ (s.replays < MAX_CHALLENGES)
  /\ OBLIGATIONS_MET
  /\ s' = [s EXCEPT !.phase = "AwaitReplay", !.replays = @ + 1, !.status = 401]
  /\ orders' = << Coded("SendResponse", 401), Order("SendTerminator"), Timed("PauseTimer", "Overall"), Timed("ArmTimer", "Replay") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_deciding_401_auth_limit == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-STATUS-401-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Decided(Replay)"
  /\ OBLIGATIONS_MET
  /\ ~(s.replays < MAX_CHALLENGES)
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureAuthLimit", !.status = 403]
  /\ orders' = << Coded("SendResponse", 403), Order("SendTerminator"), Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_deciding_refusal_status_ANSWER_AFTER_CLOSE == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-CLASS-3XX-01 KHP-REDIR-01 KHP-REDIR-06 KHP-EXT-RSP-13
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

S_deciding_refusal_status == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-CLASS-3XX-01 KHP-REDIR-01 KHP-REDIR-06 KHP-EXT-RSP-13
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

S_deciding_application_failure_application == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-CLASS-5XX-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "ApplicationFailed"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureApplication", !.status = 500]
  /\ orders' = << Coded("SendResponse", 500), Order("SendTerminator"), Coded("SendClose", 1011), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_deciding_violation_failed == \* WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "Violation"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_deciding_ping_pong == \* WSP-FRAME-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "PingReceived"
  /\ s' = s
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_deciding_peer_closed_peer_closed == \* WSP-FRAME-06
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "PeerClosed"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_deciding_lost_connection_lost == \* KHP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "ConnectionLost"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_deciding_overall_timer_timeout == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-202-02
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Deciding"
  /\ ev.on = "TimerExpired(Overall)"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureTimeout", !.status = 503]
  /\ orders' = << Coded("SendResponse", 503), Order("SendTerminator"), Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_deciding_close_shutdown == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 LIV-11
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

S_pending_data_unexpected_message == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-02
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "DataReceived"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureUnexpectedMessage", !.status = 400]
  /\ orders' = << Coded("SendResponse", 400), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_pending_accept_reroute == \* KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Complete)"
  /\ ("selection valid" \in ev.facts)
  /\ ("reroute" \in ev.facts)
  /\ ("kaazing" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Closing", !.marks = (@ \cup {"was open"}), !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Order("SendReroute"), Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_pending_accept_open_kaazing == \* KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Complete)"
  /\ ("selection valid" \in ev.facts)
  /\ ("kaazing" \in s.marks)
  /\ ~("reroute" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Open", !.marks = (@ \cup {"was open"}), !.status = ev.status]
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

S_pending_accept_open == \* KHP-EXT-RSP-01 KHP-EXT-RSP-07 KHP-EXT-RSP-09 KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Complete)"
  /\ ("selection valid" \in ev.facts)
  /\ ~("kaazing" \in s.marks)
  /\ ~("reroute" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Open", !.marks = (@ \cup {"was open"}), !.status = ev.status]
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

S_pending_100_status == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14
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

S_pending_202_wait == \* KHP-STATUS-202-01 KHP-EXT-RSP-14
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

S_pending_401_await_replay == \* KHP-STATUS-401-03 KHP-STATUS-401-04 KHP-EXT-RSP-14
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Replay)"
  /\ (s.replays < MAX_CHALLENGES)
  /\ OBLIGATIONS_MET
  /\ s' = [s EXCEPT !.phase = "AwaitReplay", !.replays = @ + 1, !.status = 401]
  /\ orders' = << Coded("SendResponse", 401), Order("SendTerminator"), Timed("PauseTimer", "Overall"), Timed("ArmTimer", "Replay") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_pending_401_auth_limit == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-STATUS-401-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Decided(Replay)"
  /\ OBLIGATIONS_MET
  /\ ~(s.replays < MAX_CHALLENGES)
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureAuthLimit", !.status = 403]
  /\ orders' = << Coded("SendResponse", 403), Order("SendTerminator"), Coded("SendClose", 1000), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_pending_refusal_status == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-CLASS-3XX-01 KHP-REDIR-01 KHP-REDIR-06 KHP-EXT-RSP-13
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

S_pending_application_failure_application == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-CLASS-5XX-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "ApplicationFailed"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureApplication", !.status = 500]
  /\ orders' = << Coded("SendResponse", 500), Order("SendTerminator"), Coded("SendClose", 1011), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_pending_violation_failed == \* WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "Violation"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_pending_ping_pong == \* WSP-FRAME-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "PingReceived"
  /\ s' = s
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_pending_peer_closed_peer_closed == \* WSP-FRAME-06
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "PeerClosed"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_pending_lost_connection_lost == \* KHP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "ConnectionLost"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_pending_overall_timer_timeout == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-202-02
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Pending"
  /\ ev.on = "TimerExpired(Overall)"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureTimeout", !.status = 503]
  /\ orders' = << Coded("SendResponse", 503), Order("SendTerminator"), Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_pending_close_shutdown == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 LIV-11
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

S_await_replay_request_malformed == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-RSP-02 KHP-EXT-RSP-03 KHP-EXT-RSP-04
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "Request"
  /\ ("extension of the opening again" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureMalformed", !.status = 400]
  /\ orders' = << Coded("SendResponse", 400), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_replay_request_continue == \* KHP-STATUS-100-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "Request"
  /\ ("Expect with body outstanding" \in ev.facts)
  /\ ~("extension of the opening again" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "AwaitBody", !.status = 100]
  /\ orders' = << Timed("StopTimer", "Replay"), Timed("ResumeTimer", "Overall"), Coded("SendResponse", 100), Order("SendTerminator"), Timed("ArmTimer", "Body") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_replay_request_decide == \* KHP-EXT-RSP-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "Request"
  /\ ~("extension of the opening again" \in ev.facts)
  /\ ~("Expect with body outstanding" \in ev.facts)
  /\ s' = [s EXCEPT !.phase = "Deciding"]
  /\ orders' = << Timed("StopTimer", "Replay"), Timed("ResumeTimer", "Overall"), Order("AskDecision") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_replay_bad_request_malformed == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-03
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "BadRequest"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureMalformed", !.status = ev.status]
  /\ orders' = << Order("SendResponse"), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_replay_data_unexpected_message == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-02
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "DataReceived"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureUnexpectedMessage", !.status = 400]
  /\ orders' = << Coded("SendResponse", 400), Order("SendTerminator"), Coded("SendClose", 1002), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_replay_violation_failed == \* WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "Violation"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_replay_ping_pong == \* WSP-FRAME-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "PingReceived"
  /\ s' = s
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_replay_peer_closed_peer_closed == \* WSP-FRAME-06
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "PeerClosed"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailurePeerClosed"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_replay_lost_connection_lost == \* KHP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "ConnectionLost"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = "FailureConnectionLost"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_replay_replay_timer_timeout == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-STATUS-401-03 RFC2068-408-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "AwaitReplay"
  /\ ev.on = "TimerExpired(Replay)"
  /\ s' = [s EXCEPT !.phase = "Closing", !.failure = "FailureTimeout", !.status = 408]
  /\ orders' = << Coded("SendResponse", 408), Order("SendTerminator"), Coded("SendClose", 1008), Order("StopTimers"), Timed("ArmTimer", "Close") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_await_replay_close_shutdown == \* KHP-EXT-RSP-01 KHP-EXT-RSP-14 LIV-11
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

S_open_data_deliver == \* KHP-GEN-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Open"
  /\ ev.on = "DataReceived"
  /\ s' = s
  /\ orders' = << Order("Deliver") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_open_violation_closed == \* WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Open"
  /\ ev.on = "Violation"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_open_ping_pong == \* WSP-FRAME-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Open"
  /\ ev.on = "PingReceived"
  /\ s' = s
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_open_peer_closed_closed == \* WSP-FRAME-06 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Open"
  /\ ev.on = "PeerClosed"
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_open_lost_closed == \* KHP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Open"
  /\ ev.on = "ConnectionLost"
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_open_send_send == \* KHP-GEN-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Open"
  /\ ev.on = "SendRequested"
  /\ s' = s
  /\ orders' = << Order("SendMessage") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_open_close_close == \* LIV-11
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

S_plain_data_deliver == \* KHP-GEN-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Plain"
  /\ ev.on = "DataReceived"
  /\ s' = s
  /\ orders' = << Order("Deliver") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_plain_violation_closed == \* WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Plain"
  /\ ev.on = "Violation"
  /\ s' = [s EXCEPT !.phase = "Done", !.failure = IF ev.failure = "none" THEN "FailureMalformed" ELSE ev.failure]
  /\ orders' = << Coded("SendClose", 1), Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_plain_ping_pong == \* WSP-FRAME-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Plain"
  /\ ev.on = "PingReceived"
  /\ s' = s
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_plain_peer_closed_closed == \* WSP-FRAME-06 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Plain"
  /\ ev.on = "PeerClosed"
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("SendClose"), Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_plain_lost_closed == \* KHP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Plain"
  /\ ev.on = "ConnectionLost"
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_plain_send_send == \* KHP-GEN-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Plain"
  /\ ev.on = "SendRequested"
  /\ s' = s
  /\ orders' = << Order("SendMessage") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_plain_close_close == \* LIV-11
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

S_closing_violation_closed == \* LIV-07 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "Violation"
  /\ ("was open" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_closing_violation_failed == \* LIV-07 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "Violation"
  /\ ~("was open" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_closing_ping_pong == \* WSP-FRAME-05
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "PingReceived"
  /\ s' = s
  /\ orders' = << Order("SendPong") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_closing_peer_closed_closed == \* LIV-07 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "PeerClosed"
  /\ ("was open" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_closing_peer_closed_failed == \* LIV-07 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "PeerClosed"
  /\ ~("was open" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_closing_lost_closed == \* LIV-07 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "ConnectionLost"
  /\ ("was open" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_closing_lost_failed == \* LIV-07 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "ConnectionLost"
  /\ ~("was open" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Fail") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_closing_close_timer_closed == \* LIV-07 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "TimerExpired(Close)"
  /\ ("was open" \in s.marks)
  /\ s' = [s EXCEPT !.phase = "Done"]
  /\ orders' = << Order("StopTimers"), Order("Disconnect"), Order("Closed") >>
  /\ ev' = [ev EXCEPT !.done = TRUE]
  /\ UNCHANGED <<c, ch, sh, net, broken>>

S_closing_close_timer_failed == \* LIV-07 WSP-CLOSE-01
  /\ ev.side = "server" /\ ~ev.done
  /\ s.phase = "Closing"
  /\ ev.on = "TimerExpired(Close)"
  /\ ~("was open" \in s.marks)
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
  \/ S_opening_opening_request_await_request_kaazing_DECIDE_ON_NOTHING
  \/ S_opening_opening_request_await_request_DECIDE_ON_NOTHING
  \/ S_opening_opening_request_plain_DECIDE_ON_NOTHING
  \/ S_opening_opening_request_not_selected_DECIDE_ON_NOTHING
  \/ S_opening_opening_request_opening_DECIDE_ON_NOTHING
  \/ S_opening_opening_request_await_request_kaazing
  \/ S_opening_opening_request_await_request
  \/ S_opening_opening_request_plain
  \/ S_opening_opening_request_not_selected
  \/ S_opening_opening_request_opening
  \/ S_opening_violation_failed
  \/ S_opening_lost_connection_lost
  \/ S_opening_close_shutdown
  \/ Server_Opening_ignores
  \/ Server_Opening_refuses
  \/ S_await_request_request_malformed
  \/ S_await_request_request_continue
  \/ S_await_request_request_decide
  \/ S_await_request_bad_request_malformed
  \/ S_await_request_data_unexpected_message
  \/ S_await_request_violation_failed
  \/ S_await_request_ping_pong
  \/ S_await_request_peer_closed_peer_closed
  \/ S_await_request_lost_connection_lost
  \/ S_await_request_request_timer_timeout
  \/ S_await_request_overall_timer_timeout
  \/ S_await_request_close_shutdown
  \/ Server_AwaitRequest_ignores
  \/ Server_AwaitRequest_refuses
  \/ S_await_body_bad_request_malformed
  \/ S_await_body_body_decide
  \/ S_await_body_data_more
  \/ S_await_body_violation_failed
  \/ S_await_body_ping_pong
  \/ S_await_body_peer_closed_peer_closed
  \/ S_await_body_lost_connection_lost
  \/ S_await_body_body_timer_timeout
  \/ S_await_body_overall_timer_timeout
  \/ S_await_body_close_shutdown
  \/ Server_AwaitBody_ignores
  \/ Server_AwaitBody_refuses
  \/ S_deciding_data_unexpected_message
  \/ S_deciding_accept_reroute_NO_TERMINATOR
  \/ S_deciding_accept_open_kaazing_NO_TERMINATOR
  \/ S_Deciding_Decided_Complete_79_NO_TERMINATOR
  \/ S_deciding_accept_open_NO_TERMINATOR
  \/ S_Deciding_Decided_Complete_81_NO_TERMINATOR
  \/ S_deciding_accept_reroute
  \/ S_deciding_accept_open_kaazing
  \/ S_Deciding_Decided_Complete_79
  \/ S_deciding_accept_open
  \/ S_Deciding_Decided_Complete_81
  \/ S_deciding_100_status
  \/ S_Deciding_Decided_Continue_83
  \/ S_deciding_202_wait
  \/ S_Deciding_Decided_Wait_85
  \/ S_Deciding_Decided_Replay_86
  \/ S_deciding_401_await_replay
  \/ S_deciding_401_auth_limit
  \/ S_deciding_refusal_status_ANSWER_AFTER_CLOSE
  \/ S_Deciding_Decided_Close_90_ANSWER_AFTER_CLOSE
  \/ S_deciding_refusal_status
  \/ S_Deciding_Decided_Close_90
  \/ S_deciding_application_failure_application
  \/ S_deciding_violation_failed
  \/ S_deciding_ping_pong
  \/ S_deciding_peer_closed_peer_closed
  \/ S_deciding_lost_connection_lost
  \/ S_deciding_overall_timer_timeout
  \/ S_deciding_close_shutdown
  \/ Server_Deciding_ignores
  \/ Server_Deciding_refuses
  \/ S_pending_data_unexpected_message
  \/ S_pending_accept_reroute
  \/ S_pending_accept_open_kaazing
  \/ S_Pending_Decided_Complete_110
  \/ S_pending_accept_open
  \/ S_Pending_Decided_Complete_112
  \/ S_pending_100_status
  \/ S_Pending_Decided_Continue_114
  \/ S_pending_202_wait
  \/ S_Pending_Decided_Wait_116
  \/ S_Pending_Decided_Replay_117
  \/ S_pending_401_await_replay
  \/ S_pending_401_auth_limit
  \/ S_pending_refusal_status
  \/ S_Pending_Decided_Close_121
  \/ S_pending_application_failure_application
  \/ S_pending_violation_failed
  \/ S_pending_ping_pong
  \/ S_pending_peer_closed_peer_closed
  \/ S_pending_lost_connection_lost
  \/ S_pending_overall_timer_timeout
  \/ S_pending_close_shutdown
  \/ Server_Pending_ignores
  \/ Server_Pending_refuses
  \/ S_await_replay_request_malformed
  \/ S_await_replay_request_continue
  \/ S_await_replay_request_decide
  \/ S_await_replay_bad_request_malformed
  \/ S_await_replay_data_unexpected_message
  \/ S_await_replay_violation_failed
  \/ S_await_replay_ping_pong
  \/ S_await_replay_peer_closed_peer_closed
  \/ S_await_replay_lost_connection_lost
  \/ S_await_replay_replay_timer_timeout
  \/ S_await_replay_close_shutdown
  \/ Server_AwaitReplay_ignores
  \/ Server_AwaitReplay_refuses
  \/ S_open_data_deliver
  \/ S_open_violation_closed
  \/ S_open_ping_pong
  \/ S_open_peer_closed_closed
  \/ S_open_lost_closed
  \/ S_open_send_send
  \/ S_open_close_close
  \/ Server_Open_ignores
  \/ Server_Open_refuses
  \/ S_plain_data_deliver
  \/ S_plain_violation_closed
  \/ S_plain_ping_pong
  \/ S_plain_peer_closed_closed
  \/ S_plain_lost_closed
  \/ S_plain_send_send
  \/ S_plain_close_close
  \/ Server_Plain_ignores
  \/ Server_Plain_refuses
  \/ S_closing_violation_closed
  \/ S_closing_violation_failed
  \/ S_closing_ping_pong
  \/ S_closing_peer_closed_closed
  \/ S_closing_peer_closed_failed
  \/ S_closing_lost_closed
  \/ S_closing_lost_failed
  \/ S_closing_close_timer_closed
  \/ S_closing_close_timer_failed
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

\* A host tells that the request body is written before it hands over what came since the server has read it.
Untold == ch.writing /\ ~ \E i \in 1..Len(net.toServer) : net.toServer[i].kind = "request body"

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
     \/ ch.connected /\ ~net.cut /\ net.toClient # <<>> /\ ~Untold /\ ClientTakes(Head(net.toClient), [net EXCEPT !.toClient = Tail(@)])

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
