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
{{range $i, $s := .Settings}}  {{if $i}}, {{end}}{{$s.Name}} \* {{$s.Text}}
{{end}}
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

Completes(status) == status \in {{"{"}}{{.Completes}}{{"}"}}
Continues(status) == status \in {{"{"}}{{.Continues}}{{"}"}}
Waits(status) == status \in {{"{"}}{{.Waits}}{{"}"}}
Replays(status) == status \in {{"{"}}{{.Replays}}{{"}"}}
Redirects(status) == status \in {{"{"}}{{.Redirects}}{{"}"}}
Terminates(status) == ~Completes(status) /\ ~Continues(status) /\ ~Waits(status) /\ ~Replays(status)

{{.ResponseOf}}
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
{{range .Heeded}}{{.Name}} == {{.Value}}
{{end}}
Wrong(pair) == ~pair[1]
Judge(list) == LET bad == SelectSeq(list, Wrong) IN IF broken # "" \/ bad = <<>> THEN broken ELSE bad[1][2]
