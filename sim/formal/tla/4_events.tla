
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
    {{range .Timers}}[] on = "TimerExpired({{.}})" -> [ch EXCEPT !.running = @ \ {"{{.}}"}]
    {{end}}[] OTHER -> ch

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
     {{range .Timers}}\/ ~ClientOver /\ "{{.}}" \in ch.running /\ ClientMeets("TimerExpired({{.}})", HeadComplete, net)
     {{end}}\/ ClientIsOpen /\ net.clientSent = 0 /\ ClientMeets("SendRequested", {}, net)
     \/ ~ClientOver /\ client_heeds_CloseRequested /\ ClientMeets("CloseRequested", {}, net)
     \/ ch.connected /\ net.cut /\ ClientMeets("ConnectionLost", HeadComplete, net)
     \/ ch.connected /\ ~net.cut /\ net.toClient # <<>> /\ ~Untold /\ ClientTakes(Head(net.toClient), [net EXCEPT !.toClient = Tail(@)])

ServerLearns(on, facts) ==
  CASE on = "ConnectionLost" -> [sh EXCEPT !.connected = FALSE, !.webSocket = FALSE]
    [] on = "PeerClosed" -> [sh EXCEPT !.peerClosed = TRUE]
    [] on = "Request" /\ s.phase \in {"AwaitRequest", "AwaitReplay"} -> [sh EXCEPT !.request = TRUE, !.bodyOwed = "Expect with body outstanding" \in facts]
    [] on = "BodyReceived" -> [sh EXCEPT !.bodyOwed = FALSE]
    [] on = "OpeningRequest" -> [sh EXCEPT !.selected = {"KHP selected", "valid"} \subseteq facts, !.askedKaazing = {"KHP selected", "valid", ".kl=Y asked"} \subseteq facts]
    {{range .Timers}}[] on = "TimerExpired({{.}})" -> [sh EXCEPT !.running = @ \ {"{{.}}"}]
    {{end}}[] OTHER -> sh

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
     {{range .Decisions}}\/ ~ServerOver /\ sh.deciding /\ {{.Heeds}} /\ {{.When}}ServerMeets("{{.Column}}", {{.Facts}}, {{.Status}}, {{.Target}}, net)
     {{end}}\/ ~ServerOver /\ sh.deciding /\ ServerMeets("ApplicationFailed", {}, 0, {}, net)
     {{range .Timers}}\/ ~ServerOver /\ "{{.}}" \in sh.running /\ ServerMeets("TimerExpired({{.}})", {}, 0, {}, net)
     {{end}}\/ ServerIsOpen /\ net.serverSent = 0 /\ ServerMeets("SendRequested", {}, 0, {}, net)
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
{{range .Ordered}}{{.Name}}_order == broken # "{{.ID}}" \* {{.Text}}
{{end}}
INV_02 == INV_02_order /\ (Stable => net.clientGot <= net.serverSent)
INV_03 == INV_03_order /\ (Stable => net.serverGot <= net.clientSent)
INV_05 == INV_05_order /\ (Stable => (ch.ended = 1) = ClientOver /\ ch.ended <= 1 /\ (net.up => (sh.ended = 1) = ServerOver /\ sh.ended <= 1))
INV_42 == INV_42_order /\ (Stable => ~sh.responding)
INV_50 == Stable => (c.phase = "Open" => net.serverOpened)
LIV_01 == Stable => AtRest \/ BothOpen \/ ch.running # {} \/ (net.up /\ sh.running # {}) \/ c.phase = "Idle" \/ ch.following
            \/ (ch.connected /\ (net.cut \/ net.toClient # <<>>)) \/ (sh.connected /\ (net.cut \/ net.toServer # <<>>))
LIV_06 == Stable => (Waiting(c.phase) => ch.running # {}) /\ (net.up => s.phase = "Opening" \/ ServerIsOpen \/ ServerOver \/ sh.running # {})
BOUND == Len(net.toClient) <= {{.Capacity}} /\ Len(net.toServer) <= {{.Capacity}}

\* Every run comes to its end on both sides.
EveryRunEnds == <>AtRest

\* What must be possible: as an invariant each of these is violated, by a run that shows it.
Never_LIV_03 == ~BothOpen
Never_LIV_04 == ~(BothOpen /\ c.replays = MAX_REPLAYS)
Never_LIV_05 == ~(BothOpen /\ c.redirects = MAX_REDIRECTS)
Never_LIV_12 == ~(c.phase = "Closing" /\ s.phase = "Closing")
Never_INV_35 == ~(net.clientGot = 1 /\ net.serverGot = 1)
=============================================================================
