
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
