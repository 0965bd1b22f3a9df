/*
 * A client and a server of the Kaazing WebSocket Handshake Protocol, the two queues between them, a network that may be cut at any time, and hosts and applications
 * that are free to do what they may. Written by "khp graph pair --format promela" from the transition tables that the code runs by; do not edit.
 *
 *   spin -a pair.pml && gcc -O2 -DSAFETY -DNOCLAIM -DNOREDUCE -o pan pan.c && ./pan          safety, and no stuck state
 *   spin -a pair.pml && gcc -O2 -DNOREDUCE -o pan pan.c && ./pan -a -N every_run_ends             every run comes to its end
 *   spin -a pair.pml && gcc -O2 -DNOREDUCE -o pan pan.c && ./pan -a -N never_LIV_03         must fail: its trail is an open connection
 *
 * spin -DKAAZING=1 -a and spin -DAUTO=1 -a check the other profiles, -DEXPECT=1 requests with a body, -DFAULT_... a table with a seeded fault (they are listed with the rows): each must be found.
 * A failed assertion shows the number of a property, and the list below its name. One row of a table is one guarded command, in the order of the tables, with its id, what it is taken
 * for and the requirements it serves. The properties do not know the tables: they watch what is sent, asked and told.
 */

/* Bounds and switches, as in fsm.ClientConfig and fsm.ServerConfig. */
#ifndef KAAZING
#define KAAZING 0 /* the client speaks the kaazing profile */
#endif
#ifndef AUTO
#define AUTO 0 /* the client speaks the auto profile: it does not know how the server speaks */
#endif
#ifndef UNAWARE
#define UNAWARE 0 /* the server does not know the kaazing profile */
#endif
#ifndef TERMINATOR_OPTIONAL
#define TERMINATOR_OPTIONAL 0 /* a response is complete without its terminator */
#endif
#ifndef PLAIN_FALLBACK
#define PLAIN_FALLBACK 0 /* the client opens a plain WebSocket if KHP is not selected */
#endif
#ifndef EXPECT
#define EXPECT 0 /* the request announces a body with Expect: 100-continue */
#endif
#ifndef OTHER_METHOD
#define OTHER_METHOD 0 /* the request is no GET */
#endif
#ifndef NO_REDIRECTS
#define NO_REDIRECTS 0 /* redirects are reported, not followed */
#endif
#ifndef NO_WAIT
#define NO_WAIT 0 /* the client does not wait after 202 */
#endif
#ifndef PROXY
#define PROXY 0 /* a proxy is configured */
#endif
#ifndef UPGRADE
#define UPGRADE 0 /* 426 may be answered with TLS */
#endif
#ifndef MAX_REDIRECTS
#define MAX_REDIRECTS 1 /* follow-up connections */
#endif
#ifndef MAX_REPLAYS
#define MAX_REPLAYS 1 /* replays after 401 */
#endif
#ifndef MAX_INTERIM
#define MAX_INTERIM 2 /* 100 and 202 that a client takes */
#endif
#ifndef SERVE_PLAIN
#define SERVE_PLAIN 0 /* the server serves clients without KHP */
#endif
#ifndef UNCHECKED
#define UNCHECKED 0 /* decisions may break the obligations of their status */
#endif
#ifndef MAX_CHALLENGES
#define MAX_CHALLENGES 1 /* 401 that a server sends */
#endif
#ifndef MAX_DEFERRALS
#define MAX_DEFERRALS 1 /* 202 that a server sends */
#endif
#ifndef OBLIGATIONS_MET
#define OBLIGATIONS_MET 1 /* the server's application gives what a status requires */
#endif

/* Properties. */
#define INV_01 1 /* open only if KHP was selected, every condition of completion holds and no Close came before */
#define INV_02 2 /* no application data is delivered before open, and none that was not sent */
#define INV_03 3 /* no application data is sent before open */
#define INV_04 4 /* opened at most once */
#define INV_05 5 /* exactly one terminal event, and nothing is ordered after it */
#define INV_06 6 /* an extended request only after an opening 101 that selected x-kaazing-handshake */
#define INV_07 7 /* at most one request is outstanding */
#define INV_08 8 /* accepted only in answer to a request, with what was requested */
#define INV_16 16 /* no request after a terminating status */
#define INV_17 17 /* a body only after 100, once, and only if it was announced */
#define INV_19 19 /* a replay only after 401 and with new credentials */
#define INV_20 20 /* replays within their bound */
#define INV_21 21 /* redirects and connections within their bounds */
#define INV_28 28 /* a new connection only after the old one is gone */
#define INV_39 39 /* no running timer is started over */
#define INV_40 40 /* the server sends no response after its Close */
#define INV_41 41 /* one deciding response, and a decision is asked for complete requests only */
#define INV_42 42 /* every response has its terminator right behind it */
#define INV_46 46 /* no 511, and 100 only if it was expected */
#define INV_50 50 /* a client is open only if its server completed the handshake */
#define INV_54 54 /* messages of the kaazing profile only to clients that asked for it */
#define LIV_01 101 /* until the end, or until both are open, somebody waits for something that time or the network brings */
#define LIV_06 106 /* a side that waits for the peer, the network or credentials has a timer running */
#define LIV_09 109 /* something can happen in every state that is not at rest */
#define BOUND 200 /* the queues are long enough */
#define TOTAL 201 /* an honest host is never told misuse */
#define WSP_FRAME_06 202 /* one Close frame each */

#define must(id, x) assert(id && (x))

/* Phases, plans, failures and facts have the numbers of package fsm. */
#define C_Idle 1
#define C_Connecting 2
#define C_Opening 3
#define C_AwaitLogin 4
#define C_AwaitProceed 5
#define C_AwaitResponse 6
#define C_Reading 7
#define C_SendingBody 8
#define C_AwaitCredentials 9
#define C_AwaitConfirm 10
#define C_Open 11
#define C_Plain 12
#define C_Closing 13
#define C_Draining 14
#define C_Redirecting 15
#define C_Done 16
#define C_Failed 17
#define S_Opening 1
#define S_AwaitRequest 2
#define S_AwaitBody 3
#define S_Deciding 4
#define S_Pending 5
#define S_AwaitReplay 6
#define S_Open 7
#define S_Plain 8
#define S_Closing 9
#define S_Done 10
#define PLAN_FAIL 1
#define PLAN_CLOSE 2
#define PLAN_REDIRECT 3
#define PLAN_PROXY_AUTH 4
#define PLAN_UPGRADE 5
#define FAILURE_ACCEPT_MISMATCH 1
#define FAILURE_ACCEPTED_ONLY 2
#define FAILURE_APPLICATION 3
#define FAILURE_AUTH_LIMIT 4
#define FAILURE_AUTH_REQUIRED 5
#define FAILURE_CONNECT 6
#define FAILURE_CONNECTION_LOST 7
#define FAILURE_CREDENTIAL_TIMEOUT 8
#define FAILURE_CREDENTIALS_REFUSED 9
#define FAILURE_EXTENSION_NOT_REQUESTED 10
#define FAILURE_FRAME 11
#define FAILURE_INTERIM_LIMIT 12
#define FAILURE_LIMIT 13
#define FAILURE_MALFORMED 14
#define FAILURE_MISSING_TERMINATOR 15
#define FAILURE_NOT_SELECTED 16
#define FAILURE_OPENING 17
#define FAILURE_PEER_CLOSED 18
#define FAILURE_PROTOCOL_NOT_REQUESTED 19
#define FAILURE_REDIRECT_LOOP 20
#define FAILURE_REDIRECT_METHOD 21
#define FAILURE_REDIRECT_REFUSED 22
#define FAILURE_REDIRECT_TARGET 23
#define FAILURE_SHUTDOWN 24
#define FAILURE_STATUS 25
#define FAILURE_TIMEOUT 26
#define FAILURE_TOO_MANY_REDIRECTS 27
#define FAILURE_U_R_L 28
#define FAILURE_U_T_F8 29
#define FAILURE_UNEXPECTED_CONTINUE 30
#define FAILURE_UNEXPECTED_MESSAGE 31
#define T_Opening 2
#define T_Response 4
#define T_Wait 8
#define T_Credentials 16
#define T_Overall 32
#define T_Close 64
#define T_Request 128
#define T_Body 256
#define T_Replay 512
#define F_TARGET_USABLE 1
#define F_TARGET_VISITED 2
#define F_TARGET_REFUSED 4
#define F_KHP_SELECTED 8
#define F_KL_Y_ASKED 16
#define F_VALID 32
#define F_TERMINATED 64
#define F_RESPONSE_COMPLETE 128
#define F_ACCEPT_MATCHES 256
#define F_SUBPROTOCOL_OFFERED 512
#define F_EXTENSIONS_ASKED 1024
#define F_CHALLENGE_USABLE 2048
#define F_PROXY_CHALLENGE 4096
#define F_UPGRADE_TO_TLS 8192
#define F_NEW_CREDENTIALS 16384
#define F_EXPECT_WITH_BODY_OUTSTANDING 32768
#define F_EXTENSION_OF_THE_OPENING_AGAIN 65536
#define F_SELECTION_VALID 131072
#define F_LOCATION 262144
#define F_WWW_AUTHENTICATE 524288
#define F_UPGRADE 1048576
#define F_REROUTE 2097152

#define has(fact) ((facts & fact) != 0)

/* What a client does with a status. */
#define completes(status) (status == 101 || status == 201 || status == 204 || status == 205)
#define continues(status) (status == 100)
#define redirects(status) (status == 300 || status == 301 || status == 302 || status == 303 || status == 307)
#define replays(status) (status == 401)
#define waits(status) (status == 202)
#define terminates(status) (!completes(status) && !continues(status) && !waits(status) && !replays(status))

/* What happens. */
mtype = { ConnectRequested, Connected, ConnectFailed, Opened, ProceedReceived, RerouteReceived, DataReceived, TerminatorReceived, Response_Complete, Response_Continue, Response_Wait, Response_Replay, Response_Close, Response_RedirectChoice, Response_RedirectIfGet, Response_ProxyAuth, Response_Upgrade, Violation, BodyWritten, CredentialsSupplied, CredentialsDeclined, PingReceived, PeerClosed, ConnectionLost, TimerExpired_Opening, TimerExpired_Response, TimerExpired_Wait, TimerExpired_Credentials, TimerExpired_Overall, TimerExpired_Close, SendRequested, CloseRequested, OpeningRequest, Request, BadRequest, BodyReceived, Decided_Complete, Decided_Continue, Decided_Wait, Decided_Replay, Decided_Close, ApplicationFailed, TimerExpired_Request, TimerExpired_Body, TimerExpired_Replay };

/* What the network carries. */
#define opening_request 1
#define opening_answer 2
#define extended_request 3
#define request_body 4
#define extended_response 5
#define terminator 6
#define proceed 7
#define reroute 8
#define data 9
#define close_frame 10
#define end_of_stream 11

/* The event being handled; forgotten after each step, so that it is no part of the state. */
mtype ev = 0;        /* which */
int facts = 0;       /* what was found about it */
short status = 0;    /* its status */
byte failure = 0;    /* what the peer did wrong */
byte target = 0;     /* finding about the target of a redirect: 0 usable, 1 visited, 2 refused, 3 none */
byte message = 0;    /* from the network */
bit was_open = 0;    /* the machine that handles it was open before */
/* The client machine: fsm.ClientState. */
byte c_phase = C_Idle, c_interim = 0, c_replays = 0, c_redirects = 0, c_plan = 0, c_failure = 0;
short c_status = 0;
bit c_wait_running = 0, c_late_terminator_possible = 0, c_body_sent = 0, c_body_cut_short = 0, c_plan_fail = 0, c_plan_close = 0, c_proxy_tried = 0, c_nothing_received_yet = 0, c_N_received = 0;

/* The server machine of the current connection: fsm.ServerState. */
byte s_phase = S_Opening, s_interim = 0, s_replays = 0, s_failure = 0;
short s_status = 0;
bit s_kaazing = 0, s_was_open = 0;

/* The client's host: its timers, its connection, what was asked of it, and as much of the past as the properties need. */
short c_running = 0, c_paused = 0;
bit c_dialing = 0, c_connected = 0, c_web_socket = 0, c_asked = 0, c_writing = 0, c_following = 0, c_close_sent = 0;
bit c_selected = 0, c_outstanding = 0, c_challenged = 0, c_over = 0, c_body_allowed = 0, c_good = 0;
byte c_opened = 0, c_ended = 0, c_dials = 0;

/* The server's host. */
short s_running = 0, s_paused = 0;
bit s_connected = 0, s_web_socket = 0, s_deciding = 0, s_body_owed = 0, s_close_sent = 0, s_peer_closed = 0;
bit s_selected = 0, s_request = 0, s_responding = 0, s_decided = 0, s_asked_kaazing = 0;
byte s_opened = 0, s_ended = 0;

/* The network: one queue each way keeps the order. What was sent when the client was on another connection is gone. */
chan to_client = [16] of { byte, short, byte }; /* message, status, target */
chan to_server = [16] of { byte };
bit up = 0;                                     /* there is a connection */
bit cut = 0;                                    /* the network fails on it */
byte unit = 0, unit_target = 0;                 /* response whose terminator is outstanding */
short unit_status = 0;
byte client_sent = 0, server_sent = 0, client_got = 0, server_got = 0; /* messages of the applications */
bit server_opened = 0;                          /* the server of this connection completed its handshake */

#define client_is_over (c_phase == C_Done || c_phase == C_Failed)
#define client_is_open (c_phase == C_Open || c_phase == C_Plain)
#define server_is_over (s_phase == S_Done)
#define server_is_open (s_phase == S_Open || s_phase == S_Plain)
#define at_rest (client_is_over && (!up || server_is_over))
#define both_open (c_phase == C_Open && s_phase == S_Open)
#define client_balanced (c_phase == C_AwaitProceed || c_phase == C_AwaitConfirm || (AUTO && c_phase == C_AwaitResponse))
/* A host tells that the request body is written before it hands over what came since the server has read it. */
#define untold (c_writing && !(to_server ?? [request_body]))
#define comes_to_client (c_connected && (cut || (nempty(to_client) && !untold)))
#define comes_to_server (s_connected && (cut || nempty(to_server)))
#define head_complete (unit != 0 && c_phase == C_Reading -> F_RESPONSE_COMPLETE : 0)
#define runs(timer) ((c_running & timer) != 0)
#define s_runs(timer) ((s_running & timer) != 0)
#define MARKED ((KAAZING || AUTO) && !UNAWARE) /* the server sees .kl=Y and knows what it means */
#define finding(t) (t == 0 -> F_TARGET_USABLE : (t == 1 -> F_TARGET_VISITED : (t == 2 -> F_TARGET_REFUSED : 0)))

/* Events that a machine does not heed in its state change nothing; they are not offered, so that every step is one. */
#define client_heeds_CloseRequested (((c_phase == C_Idle) || (c_phase == C_Connecting) || (c_phase == C_Opening) || (c_phase == C_AwaitLogin) || (c_phase == C_AwaitProceed) || (c_phase == C_AwaitResponse) || (c_phase == C_Reading) || (c_phase == C_SendingBody) || (c_phase == C_AwaitCredentials) || (c_phase == C_AwaitConfirm) || (c_phase == C_Open) || (c_phase == C_Plain) || (c_phase == C_Closing && !c_plan_fail && !c_plan_close) || (c_phase == C_Draining && !c_plan_fail && !c_plan_close) || (c_phase == C_Redirecting)))
#define server_heeds_CloseRequested (((s_phase == S_Opening) || (s_phase == S_AwaitRequest) || (s_phase == S_AwaitBody) || (s_phase == S_Deciding) || (s_phase == S_Pending) || (s_phase == S_AwaitReplay) || (s_phase == S_Open) || (s_phase == S_Plain)))
#define server_heeds_Decided_Complete (((s_phase == S_Deciding && s_kaazing) || (s_phase == S_Deciding && !s_kaazing) || (s_phase == S_Pending && s_kaazing) || (s_phase == S_Pending && !s_kaazing)))
#define server_heeds_Decided_Wait (((s_phase == S_Deciding && (s_interim < MAX_DEFERRALS)) || (s_phase == S_Pending && (s_interim < MAX_DEFERRALS))))
#define server_heeds_Decided_Replay (((s_phase == S_Deciding && (s_replays < MAX_CHALLENGES) && OBLIGATIONS_MET) || (s_phase == S_Deciding && OBLIGATIONS_MET && !(s_replays < MAX_CHALLENGES)) || (s_phase == S_Pending && (s_replays < MAX_CHALLENGES) && OBLIGATIONS_MET) || (s_phase == S_Pending && OBLIGATIONS_MET && !(s_replays < MAX_CHALLENGES))))
#define server_heeds_Decided_Close (((s_phase == S_Deciding && OBLIGATIONS_MET) || (s_phase == S_Pending && OBLIGATIONS_MET)))
#define server_heeds_Decided_Complete_elsewhere (MARKED && ((s_phase == S_Deciding && s_kaazing) || (s_phase == S_Pending && s_kaazing)))

/* What the client orders, and whether it may. */

inline c_send(what) {
	if
	:: up && !cut && s_connected -> must(BOUND, nfull(to_server)); to_server ! what
	:: else
	fi
}

inline c_order() { must(INV_05, c_ended == 0) }

inline c_arm_timer(timer) { must(INV_39, ((c_running | c_paused) & timer) == 0); c_running = c_running | timer; c_order() }
inline c_stop_timer(timer) { c_running = c_running & ~timer; c_paused = c_paused & ~timer; c_order() }
inline c_pause_timer(timer) { c_paused = c_paused | (c_running & timer); c_running = c_running & ~timer; c_order() }
inline c_resume_timer(timer) { c_running = c_running | (c_paused & timer); c_paused = c_paused & ~timer; c_order() }
inline c_stop_timers() { c_running = 0; c_paused = 0; c_order() }

inline c_dial() {
	c_order();
	must(INV_28, !c_dialing && !c_connected);
	c_dials++;
	must(INV_21, c_dials <= MAX_REDIRECTS + 2 + MAX_REPLAYS * (MAX_REDIRECTS + 2));
	c_dialing = 1; c_connected = 0; c_web_socket = 0; c_asked = 0; c_writing = 0; c_following = 0; c_close_sent = 0; c_ended = 0;
	c_selected = 0; c_outstanding = 0; c_challenged = 0; c_over = 0; c_body_allowed = 0; c_good = 0
}

inline c_send_opening() { c_order() }

inline c_request() {
	must(INV_06, c_selected && c_web_socket);
	must(INV_07, !c_outstanding);
	must(INV_16, !c_over);
	must(INV_20, c_replays <= MAX_REPLAYS);
	c_outstanding = 1; c_challenged = 0;
	c_send(extended_request)
}

inline c_send_request() { c_order(); c_request() }
inline c_replay_request() { c_order(); must(INV_19, c_challenged && has(F_NEW_CREDENTIALS)); c_request() }
inline c_send_body() { c_order(); must(INV_17, c_body_allowed && !c_over); c_body_allowed = 0; c_writing = 1; c_send(request_body) }
inline c_stop_body() { c_order(); c_writing = 0 }
inline c_ask_credentials() { c_order(); c_asked = 1 }
inline c_follow() { c_order(); must(INV_28, !c_connected); must(INV_21, c_redirects <= MAX_REDIRECTS); c_following = 1 }
inline c_complete() { c_order(); c_opened++; must(INV_04, c_opened <= 1); must(INV_01, c_selected && c_good && c_web_socket && !c_close_sent) }
inline c_open_plain() { c_order(); c_opened++; must(INV_04, c_opened <= 1) }
inline c_deliver() { c_order(); must(INV_02, was_open); client_got++ }
inline c_send_message() { c_order(); must(INV_03, was_open); client_sent++; c_send(data) }
inline c_send_pong() { c_order() }
inline c_send_close(code) { c_order(); must(WSP_FRAME_06, !c_close_sent); c_close_sent = 1; c_send(close_frame) }

inline c_disconnect() {
	c_order();
	c_dialing = 0; c_connected = 0; c_web_socket = 0;
	c_send(end_of_stream);
	do :: nempty(to_client) -> to_client ? _, _, _ :: empty(to_client) -> break od;
	skip
}

inline c_end() { c_order(); c_ended++; c_asked = 0; must(INV_05, !c_connected) }
inline c_closed() { c_end() }
inline c_fail() { c_end() }
/* What the server orders, and whether it may. */

inline s_send(what, its_status, its_target) {
	if
	:: !cut && c_connected -> must(BOUND, nfull(to_client)); to_client ! what, its_status, its_target
	:: else
	fi
}

inline s_order() { must(INV_05, s_ended == 0); must(INV_42, !s_responding) }

inline s_arm_timer(timer) { must(INV_39, ((s_running | s_paused) & timer) == 0); s_running = s_running | timer; s_order() }
inline s_stop_timer(timer) { s_running = s_running & ~timer; s_paused = s_paused & ~timer; s_order() }
inline s_pause_timer(timer) { s_paused = s_paused | (s_running & timer); s_running = s_running & ~timer; s_order() }
inline s_resume_timer(timer) { s_running = s_running | (s_paused & timer); s_paused = s_paused & ~timer; s_order() }
inline s_stop_timers() { s_running = 0; s_paused = 0; s_order() }

inline s_send_opening() { s_order(); s_web_socket = 1; s_send(opening_answer, 101, 0) }
inline s_refuse_opening(code) { s_order(); s_send(opening_answer, code, 0) }

inline s_send_response(code) {
	s_order();
	must(INV_40, !s_close_sent);
	must(INV_41, !s_decided);
	must(INV_46, code != 511 && (code != 100 || has(F_EXPECT_WITH_BODY_OUTSTANDING)));
	must(INV_08, !completes(code) || (s_request && has(F_SELECTION_VALID)));
	s_responding = 1;
	if
	:: code == 100 && ev == Request -> skip
	:: waits(code) -> skip
	:: replays(code) -> s_request = 0; s_deciding = 0
	:: else -> s_request = 0; s_deciding = 0; s_decided = 1
	fi;
	s_send(extended_response, code, target)
}

inline s_send_terminator() { must(INV_05, s_ended == 0); must(INV_42, s_responding); s_responding = 0; s_send(terminator, 0, 0) }
inline s_kaazing_only() { must(INV_54, s_asked_kaazing && !s_close_sent) }
inline s_send_proceed() { s_order(); s_kaazing_only(); s_send(proceed, 0, 0) }
inline s_send_reroute() { s_order(); s_kaazing_only(); s_send(reroute, 0, target) }
inline s_ask_decision() { s_order(); must(INV_41, s_request && !s_body_owed); s_deciding = 1 }
inline s_complete() { s_order(); s_opened++; must(INV_04, s_opened <= 1); must(INV_01, s_selected && s_web_socket && !s_close_sent); server_opened = 1 }
inline s_open_plain() { s_order(); s_opened++ }
inline s_deliver() { s_order(); must(INV_02, was_open); server_got++ }
inline s_send_message() { s_order(); must(INV_03, was_open && !s_close_sent); server_sent++; s_send(data, 0, 0) }
inline s_send_pong() { s_order() }
inline s_send_close(code) { s_order(); must(WSP_FRAME_06, !s_close_sent); s_close_sent = 1; s_send(close_frame, 0, 0) }

inline s_disconnect() {
	s_order();
	s_connected = 0; s_web_socket = 0;
	s_send(end_of_stream, 0, 0);
	do :: nempty(to_server) -> to_server ? _ :: empty(to_server) -> break od;
	skip
}

inline s_end() { s_order(); s_ended++; s_deciding = 0 }
inline s_closed() { s_end() }
inline s_fail() { s_end() }

/* How a state is written out, with spin -DRECORD. */
#ifdef RECORD
c_decl { void record(void); }
c_code {
	int khp_slot(int queue, int slot, int fields)
	{	int n;
		if (slot >= q_len(queue)) return 0;
		n = qrecv(queue, slot, 0, 0);
		if (fields > 1) n |= qrecv(queue, slot, 1, 0) << 8 | qrecv(queue, slot, 2, 0) << 24;
		return n;
	}
	void record(void)
	{	static int begun = 0;
		if (!begun)
		{	begun = 1;
			printf("VARIABLES c_phase c_interim c_replays c_redirects c_plan c_failure c_status s_phase s_interim s_replays s_failure s_status c_wait_running c_late_terminator_possible c_body_sent c_body_cut_short c_plan_fail c_plan_close c_proxy_tried c_nothing_received_yet c_N_received s_kaazing s_was_open c_running c_paused c_dialing c_connected c_web_socket c_asked c_writing c_following c_close_sent c_selected c_outstanding c_challenged c_over c_body_allowed c_good c_opened c_ended c_dials s_running s_paused s_connected s_web_socket s_deciding s_body_owed s_close_sent s_peer_closed s_selected s_request s_responding s_decided s_asked_kaazing s_opened s_ended up cut unit unit_status unit_target client_sent server_sent client_got server_got server_opened to_client_0 to_client_1 to_client_2 to_client_3 to_client_4 to_client_5 to_client_6 to_client_7 to_client_8 to_client_9 to_client_10 to_client_11 to_client_12 to_client_13 to_client_14 to_client_15 to_server_0 to_server_1 to_server_2 to_server_3 to_server_4 to_server_5 to_server_6 to_server_7 to_server_8 to_server_9 to_server_10 to_server_11 to_server_12 to_server_13 to_server_14 to_server_15\n");
		}
		printf("STATE %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d\n",
			now.c_phase, now.c_interim, now.c_replays, now.c_redirects, now.c_plan, now.c_failure, now.c_status, now.s_phase, now.s_interim, now.s_replays, now.s_failure, now.s_status, now.c_wait_running, now.c_late_terminator_possible, now.c_body_sent, now.c_body_cut_short, now.c_plan_fail, now.c_plan_close, now.c_proxy_tried, now.c_nothing_received_yet, now.c_N_received, now.s_kaazing, now.s_was_open, now.c_running, now.c_paused, now.c_dialing, now.c_connected, now.c_web_socket, now.c_asked, now.c_writing, now.c_following, now.c_close_sent, now.c_selected, now.c_outstanding, now.c_challenged, now.c_over, now.c_body_allowed, now.c_good, now.c_opened, now.c_ended, now.c_dials, now.s_running, now.s_paused, now.s_connected, now.s_web_socket, now.s_deciding, now.s_body_owed, now.s_close_sent, now.s_peer_closed, now.s_selected, now.s_request, now.s_responding, now.s_decided, now.s_asked_kaazing, now.s_opened, now.s_ended, now.up, now.cut, now.unit, now.unit_status, now.unit_target, now.client_sent, now.server_sent, now.client_got, now.server_got, now.server_opened, khp_slot(now.to_client, 0, 3), khp_slot(now.to_client, 1, 3), khp_slot(now.to_client, 2, 3), khp_slot(now.to_client, 3, 3), khp_slot(now.to_client, 4, 3), khp_slot(now.to_client, 5, 3), khp_slot(now.to_client, 6, 3), khp_slot(now.to_client, 7, 3), khp_slot(now.to_client, 8, 3), khp_slot(now.to_client, 9, 3), khp_slot(now.to_client, 10, 3), khp_slot(now.to_client, 11, 3), khp_slot(now.to_client, 12, 3), khp_slot(now.to_client, 13, 3), khp_slot(now.to_client, 14, 3), khp_slot(now.to_client, 15, 3), khp_slot(now.to_server, 0, 1), khp_slot(now.to_server, 1, 1), khp_slot(now.to_server, 2, 1), khp_slot(now.to_server, 3, 1), khp_slot(now.to_server, 4, 1), khp_slot(now.to_server, 5, 1), khp_slot(now.to_server, 6, 1), khp_slot(now.to_server, 7, 1), khp_slot(now.to_server, 8, 1), khp_slot(now.to_server, 9, 1), khp_slot(now.to_server, 10, 1), khp_slot(now.to_server, 11, 1), khp_slot(now.to_server, 12, 1), khp_slot(now.to_server, 13, 1), khp_slot(now.to_server, 14, 1), khp_slot(now.to_server, 15, 1));
	}
}
#endif

/* The table of the client. */

inline c_new_connection() {
	c_wait_running = 0; c_late_terminator_possible = 0; c_body_sent = 0; c_body_cut_short = 0; c_plan_fail = 0; c_plan_close = 0; c_nothing_received_yet = 0; c_N_received = 0; c_interim = 0; c_replays = 0; c_plan = 0; c_failure = 0; c_status = 0
}

/* for a wish to connect. */
inline client_in_idle() {
	if
	:: ev == ConnectRequested && has(F_TARGET_USABLE) -> /* idle/connect/dial WSP-OPEN-01 */
		d_step { c_phase = C_Connecting; c_dial(); c_arm_timer(T_Opening) }
	:: ev == ConnectRequested && !has(F_TARGET_USABLE) -> /* idle/connect/url WSP-URI-01 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_U_R_L; c_fail() }
	:: ev == CloseRequested -> /* idle/close/done LIV-11 */
		d_step { c_phase = C_Done; c_closed() }
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for TCP and TLS. */
inline client_in_connecting() {
	if
#if defined(FAULT_REQUEST_TOO_EARLY) /* INV-06: the client sends its extended request before the opening handshake is answered */
	:: ev == Connected -> /* connecting/connected/send-opening KHP-OPEN-01 KHP-OPEN-02 WSP-OPEN-01 */
		d_step { c_phase = C_Opening; c_send_opening(); c_send_request() }
#else
	:: ev == Connected -> /* connecting/connected/send-opening KHP-OPEN-01 KHP-OPEN-02 WSP-OPEN-01 */
		d_step { c_phase = C_Opening; c_send_opening() }
#endif
	:: ev == ConnectFailed -> /* connecting/connect-failed/connect KHP-CLOSE-01 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_CONNECT; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == ConnectionLost -> /* connecting/lost/connect KHP-CLOSE-01 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_CONNECT; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == TimerExpired_Opening -> /* connecting/opening-timer/timeout KHP-CLOSE-01 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_TIMEOUT; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == CloseRequested -> /* connecting/close/done LIV-11 */
		d_step { c_phase = C_Done; c_stop_timers(); c_disconnect(); c_closed() }
	:: ev == TimerExpired_Response || ev == TimerExpired_Wait || ev == TimerExpired_Credentials || ev == TimerExpired_Overall || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for credentials for the opening. */
inline client_in_await_login() {
	if
	:: ev == CredentialsSupplied && has(F_NEW_CREDENTIALS) -> /* await-login/credentials/dial WSP-OPEN-05 */
		d_step { c_phase = C_Connecting; c_replays++; c_stop_timer(T_Credentials); c_dial(); c_arm_timer(T_Opening) }
	:: ev == CredentialsSupplied && !has(F_NEW_CREDENTIALS) -> /* await-login/credentials/credentials-refused WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_CREDENTIALS_REFUSED; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == CredentialsDeclined -> /* await-login/no-credentials/auth-required WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_AUTH_REQUIRED; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == TimerExpired_Credentials -> /* await-login/credential-timer/credential-timeout WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_CREDENTIAL_TIMEOUT; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == CloseRequested -> /* await-login/close/done LIV-11 */
		d_step { c_phase = C_Done; c_stop_timers(); c_disconnect(); c_closed() }
	:: ev == DataReceived || ev == TerminatorReceived || ev == PingReceived || ev == PeerClosed || ev == ConnectionLost || ev == TimerExpired_Opening || ev == TimerExpired_Response || ev == TimerExpired_Wait || ev == TimerExpired_Overall || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for the answer to the opening. */
inline client_in_opening() {
	if
#if defined(FAULT_SEND_EARLY) /* INV-03: the client sends a message right behind its request */
	:: ev == Opened && has(F_KHP_SELECTED) && !KAAZING && !AUTO -> /* opening/opened/request KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01 */
		d_step { c_phase = C_AwaitResponse; c_send_request(); c_stop_timer(T_Opening); c_arm_timer(T_Response); c_arm_timer(T_Overall); c_send_message() }
	:: ev == Opened && has(F_KHP_SELECTED) && AUTO -> /* opening/opened/request-auto KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01 */
		d_step { c_phase = C_AwaitResponse; c_nothing_received_yet = 1; c_send_request(); c_stop_timer(T_Opening); c_arm_timer(T_Response); c_arm_timer(T_Overall) }
	:: ev == Opened && has(F_KHP_SELECTED) && KAAZING && !AUTO -> /* opening/opened/await-proceed KHP-GEN-04 */
		d_step { c_phase = C_AwaitProceed; c_arm_timer(T_Overall) }
	:: ev == Opened && PLAIN_FALLBACK && !has(F_KHP_SELECTED) -> /* opening/opened/plain KHP-OPEN-05 KHP-OPEN-06 */
		d_step { c_phase = C_Plain; c_stop_timers(); c_open_plain() }
	:: ev == Opened && !has(F_KHP_SELECTED) && !PLAIN_FALLBACK -> /* opening/opened/not-selected KHP-OPEN-05 KHP-OPEN-06 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_NOT_SELECTED; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
#elif defined(FAULT_BODY_UNASKED) /* INV-17: the client does not wait for 100 with the body */
	:: ev == Opened && has(F_KHP_SELECTED) && !KAAZING && !AUTO -> /* opening/opened/request KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01 */
		d_step { c_phase = C_AwaitResponse; c_send_request(); c_stop_timer(T_Opening); c_arm_timer(T_Response); c_arm_timer(T_Overall); c_send_body() }
	:: ev == Opened && has(F_KHP_SELECTED) && AUTO -> /* opening/opened/request-auto KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01 */
		d_step { c_phase = C_AwaitResponse; c_nothing_received_yet = 1; c_send_request(); c_stop_timer(T_Opening); c_arm_timer(T_Response); c_arm_timer(T_Overall) }
	:: ev == Opened && has(F_KHP_SELECTED) && KAAZING && !AUTO -> /* opening/opened/await-proceed KHP-GEN-04 */
		d_step { c_phase = C_AwaitProceed; c_arm_timer(T_Overall) }
	:: ev == Opened && PLAIN_FALLBACK && !has(F_KHP_SELECTED) -> /* opening/opened/plain KHP-OPEN-05 KHP-OPEN-06 */
		d_step { c_phase = C_Plain; c_stop_timers(); c_open_plain() }
	:: ev == Opened && !has(F_KHP_SELECTED) && !PLAIN_FALLBACK -> /* opening/opened/not-selected KHP-OPEN-05 KHP-OPEN-06 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_NOT_SELECTED; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
#elif defined(FAULT_REPLAY_UNASKED) /* INV-19: the client replays a request that was not answered with 401 */
	:: ev == Opened && has(F_KHP_SELECTED) && !KAAZING && !AUTO -> /* opening/opened/request KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01 */
		d_step { c_phase = C_AwaitResponse; c_replay_request() }
	:: ev == Opened && has(F_KHP_SELECTED) && AUTO -> /* opening/opened/request-auto KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01 */
		d_step { c_phase = C_AwaitResponse; c_nothing_received_yet = 1; c_send_request(); c_stop_timer(T_Opening); c_arm_timer(T_Response); c_arm_timer(T_Overall) }
	:: ev == Opened && has(F_KHP_SELECTED) && KAAZING && !AUTO -> /* opening/opened/await-proceed KHP-GEN-04 */
		d_step { c_phase = C_AwaitProceed; c_arm_timer(T_Overall) }
	:: ev == Opened && PLAIN_FALLBACK && !has(F_KHP_SELECTED) -> /* opening/opened/plain KHP-OPEN-05 KHP-OPEN-06 */
		d_step { c_phase = C_Plain; c_stop_timers(); c_open_plain() }
	:: ev == Opened && !has(F_KHP_SELECTED) && !PLAIN_FALLBACK -> /* opening/opened/not-selected KHP-OPEN-05 KHP-OPEN-06 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_NOT_SELECTED; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
#else
	:: ev == Opened && has(F_KHP_SELECTED) && !KAAZING && !AUTO -> /* opening/opened/request KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01 */
		d_step { c_phase = C_AwaitResponse; c_send_request(); c_stop_timer(T_Opening); c_arm_timer(T_Response); c_arm_timer(T_Overall) }
	:: ev == Opened && has(F_KHP_SELECTED) && AUTO -> /* opening/opened/request-auto KHP-GEN-04 KHP-GEN-06 KHP-EXT-01 KHP-EXT-REQ-01 */
		d_step { c_phase = C_AwaitResponse; c_nothing_received_yet = 1; c_send_request(); c_stop_timer(T_Opening); c_arm_timer(T_Response); c_arm_timer(T_Overall) }
	:: ev == Opened && has(F_KHP_SELECTED) && KAAZING && !AUTO -> /* opening/opened/await-proceed KHP-GEN-04 */
		d_step { c_phase = C_AwaitProceed; c_arm_timer(T_Overall) }
	:: ev == Opened && PLAIN_FALLBACK && !has(F_KHP_SELECTED) -> /* opening/opened/plain KHP-OPEN-05 KHP-OPEN-06 */
		d_step { c_phase = C_Plain; c_stop_timers(); c_open_plain() }
	:: ev == Opened && !has(F_KHP_SELECTED) && !PLAIN_FALLBACK -> /* opening/opened/not-selected KHP-OPEN-05 KHP-OPEN-06 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_NOT_SELECTED; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
#endif
	:: ev == Response_Complete -> /* opening/complete/status WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_STATUS; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_Continue -> /* opening/100/status WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_STATUS; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_Wait -> /* opening/202/status WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_STATUS; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_Replay && !has(F_CHALLENGE_USABLE) -> /* opening/401/auth-required WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_AUTH_REQUIRED; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_Replay && !(c_replays < MAX_REPLAYS) && has(F_CHALLENGE_USABLE) -> /* opening/401/auth-limit WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_AUTH_LIMIT; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_Replay && has(F_CHALLENGE_USABLE) && (c_replays < MAX_REPLAYS) -> /* opening/401/ask-credentials WSP-OPEN-05 */
		d_step { c_phase = C_AwaitLogin; c_status = status; c_stop_timers(); c_disconnect(); c_ask_credentials(); c_arm_timer(T_Credentials) }
	:: ev == Response_Close -> /* opening/status-close/status WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_STATUS; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_RedirectChoice && has(F_TARGET_USABLE) && !NO_REDIRECTS && (c_redirects < MAX_REDIRECTS) && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* opening/redirect/follow KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05 */
		d_step { c_phase = C_Redirecting; c_redirects++; c_plan = PLAN_REDIRECT; c_status = status; c_stop_timers(); c_disconnect(); c_follow() }
	:: ev == Response_RedirectChoice && NO_REDIRECTS -> /* opening/redirect/status KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_STATUS; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_RedirectChoice && has(F_TARGET_VISITED) && !NO_REDIRECTS -> /* opening/redirect/redirect-loop KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_REDIRECT_LOOP; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_RedirectChoice && has(F_TARGET_REFUSED) && !NO_REDIRECTS && !has(F_TARGET_VISITED) -> /* opening/redirect/redirect-refused KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_REDIRECT_REFUSED; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_RedirectChoice && !has(F_TARGET_USABLE) && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* opening/redirect/redirect-target KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_REDIRECT_TARGET; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_RedirectChoice && !(c_redirects < MAX_REDIRECTS) && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) && has(F_TARGET_USABLE) -> /* opening/redirect/too-many-redirects KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_TOO_MANY_REDIRECTS; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_RedirectIfGet && has(F_TARGET_USABLE) && !NO_REDIRECTS && (c_redirects < MAX_REDIRECTS) && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* opening/307/follow KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05 */
		d_step { c_phase = C_Redirecting; c_redirects++; c_plan = PLAN_REDIRECT; c_status = status; c_stop_timers(); c_disconnect(); c_follow() }
	:: ev == Response_RedirectIfGet && NO_REDIRECTS -> /* opening/307/status KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_STATUS; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_RedirectIfGet && has(F_TARGET_VISITED) && !NO_REDIRECTS -> /* opening/307/redirect-loop KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_REDIRECT_LOOP; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_RedirectIfGet && has(F_TARGET_REFUSED) && !NO_REDIRECTS && !has(F_TARGET_VISITED) -> /* opening/307/redirect-refused KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_REDIRECT_REFUSED; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_RedirectIfGet && !has(F_TARGET_USABLE) && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* opening/307/redirect-target KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_REDIRECT_TARGET; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_RedirectIfGet && !(c_redirects < MAX_REDIRECTS) && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) && has(F_TARGET_USABLE) -> /* opening/307/too-many-redirects KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_TOO_MANY_REDIRECTS; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_ProxyAuth && has(F_PROXY_CHALLENGE) && PROXY && !c_proxy_tried -> /* opening/407/follow KHP-STATUS-407-01 KHP-STATUS-407-02 RFC2068-407-01 RFC2068-407-03 */
		d_step { c_phase = C_Redirecting; c_proxy_tried = 1; c_plan = PLAN_PROXY_AUTH; c_status = status; c_stop_timers(); c_disconnect(); c_follow() }
	:: ev == Response_ProxyAuth && (!has(F_PROXY_CHALLENGE) || !PROXY || c_proxy_tried) -> /* opening/407/status WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_STATUS; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_Upgrade && has(F_TARGET_VISITED) && has(F_UPGRADE_TO_TLS) && UPGRADE -> /* opening/426/redirect-loop KHP-STATUS-426-01 KHP-REDIR-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_REDIRECT_LOOP; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_Upgrade && has(F_UPGRADE_TO_TLS) && UPGRADE && !(c_redirects < MAX_REDIRECTS) && !has(F_TARGET_VISITED) -> /* opening/426/too-many-redirects KHP-STATUS-426-01 KHP-REDIR-04 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_TOO_MANY_REDIRECTS; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Response_Upgrade && has(F_TARGET_USABLE) && has(F_UPGRADE_TO_TLS) && UPGRADE && !has(F_TARGET_VISITED) && (c_redirects < MAX_REDIRECTS) -> /* opening/426/follow KHP-STATUS-426-01 KHP-STATUS-426-02 */
		d_step { c_phase = C_Redirecting; c_redirects++; c_plan = PLAN_UPGRADE; c_status = status; c_stop_timers(); c_disconnect(); c_follow() }
	:: ev == Response_Upgrade && (!has(F_TARGET_VISITED) || !has(F_UPGRADE_TO_TLS) || !UPGRADE) && (!has(F_UPGRADE_TO_TLS) || !UPGRADE || (c_redirects < MAX_REDIRECTS)) && (!has(F_TARGET_USABLE) || !has(F_UPGRADE_TO_TLS) || !UPGRADE) -> /* opening/426/status WSP-OPEN-05 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_STATUS; c_status = status; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Violation -> /* opening/violation/failed WSP-OPEN-02 WSP-OPEN-03 WSP-OPEN-04 */
		d_step { c_phase = C_Failed; c_failure = (failure -> failure : FAILURE_MALFORMED); c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == ConnectionLost -> /* opening/lost/connection-lost KHP-CLOSE-01 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_CONNECTION_LOST; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == TimerExpired_Opening -> /* opening/opening-timer/timeout KHP-CLOSE-01 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_TIMEOUT; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == CloseRequested -> /* opening/close/done LIV-11 */
		d_step { c_phase = C_Done; c_stop_timers(); c_disconnect(); c_closed() }
	:: ev == TimerExpired_Response || ev == TimerExpired_Wait || ev == TimerExpired_Credentials || ev == TimerExpired_Overall || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for the first N. */
inline client_in_await_proceed() {
	if
	:: ev == ProceedReceived -> /* await-proceed/proceed/request KHP-EXT-01 */
		d_step { c_phase = C_AwaitResponse; c_N_received = 1; c_send_request(); c_stop_timer(T_Opening); c_arm_timer(T_Response) }
	:: ev == RerouteReceived && has(F_TARGET_USABLE) && !NO_REDIRECTS && (c_redirects < MAX_REDIRECTS) && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* await-proceed/reroute/follow KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_redirects++; c_plan = PLAN_REDIRECT; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && NO_REDIRECTS -> /* await-proceed/reroute/status KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_STATUS; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && has(F_TARGET_VISITED) && !NO_REDIRECTS -> /* await-proceed/reroute/redirect-loop KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_LOOP; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && has(F_TARGET_REFUSED) && !NO_REDIRECTS && !has(F_TARGET_VISITED) -> /* await-proceed/reroute/redirect-refused KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_REFUSED; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && !has(F_TARGET_USABLE) && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* await-proceed/reroute/redirect-target KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_TARGET; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && !(c_redirects < MAX_REDIRECTS) && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) && has(F_TARGET_USABLE) -> /* await-proceed/reroute/too-many-redirects KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TOO_MANY_REDIRECTS; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == DataReceived -> /* await-proceed/data/unexpected-message KHP-EXT-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_UNEXPECTED_MESSAGE; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == TerminatorReceived -> /* await-proceed/terminator/unexpected-message KHP-EXT-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_UNEXPECTED_MESSAGE; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Violation -> /* await-proceed/violation/failed KHP-CLOSE-02 WSP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = (failure -> failure : FAILURE_MALFORMED); c_send_close(1); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == PingReceived -> /* await-proceed/ping/pong WSP-FRAME-05 */
		d_step { c_send_pong() }
	:: ev == PeerClosed -> /* await-proceed/peer-closed/peer-closed KHP-CLOSE-01 WSP-FRAME-06 */
		d_step { c_phase = C_Draining; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_PEER_CLOSED; c_stop_timers(); c_send_close(0); c_arm_timer(T_Close) }
	:: ev == ConnectionLost -> /* await-proceed/lost/connection-lost KHP-CLOSE-01 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_CONNECTION_LOST; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == TimerExpired_Opening -> /* await-proceed/opening-timer/timeout KHP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TIMEOUT; c_send_close(1008); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == TimerExpired_Overall -> /* await-proceed/overall-timer/timeout KHP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TIMEOUT; c_send_close(1008); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == CloseRequested -> /* await-proceed/close/close LIV-11 */
		d_step { c_phase = C_Closing; c_plan_close = 1; c_plan = PLAN_CLOSE; c_send_close(0); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == BodyWritten || ev == TimerExpired_Response || ev == TimerExpired_Wait || ev == TimerExpired_Credentials || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for the second N. */
inline client_in_await_confirm() {
	if
	:: ev == ProceedReceived -> /* await-confirm/proceed/open KHP-GEN-05 KHP-CLOSE-05 KHP-STATUS-101-01 KHP-STATUS-101-02 KHP-STATUS-201-01 KHP-STATUS-204-01 KHP-STATUS-205-01 KHP-EXT-RSP-10 */
		d_step { c_phase = C_Open; c_stop_timers(); c_complete() }
	:: ev == RerouteReceived && has(F_TARGET_USABLE) && !NO_REDIRECTS && (c_redirects < MAX_REDIRECTS) && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* await-confirm/reroute/follow KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_redirects++; c_plan = PLAN_REDIRECT; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && NO_REDIRECTS -> /* await-confirm/reroute/status KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_STATUS; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && has(F_TARGET_VISITED) && !NO_REDIRECTS -> /* await-confirm/reroute/redirect-loop KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_LOOP; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && has(F_TARGET_REFUSED) && !NO_REDIRECTS && !has(F_TARGET_VISITED) -> /* await-confirm/reroute/redirect-refused KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_REFUSED; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && !has(F_TARGET_USABLE) && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* await-confirm/reroute/redirect-target KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_TARGET; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && !(c_redirects < MAX_REDIRECTS) && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) && has(F_TARGET_USABLE) -> /* await-confirm/reroute/too-many-redirects KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TOO_MANY_REDIRECTS; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == DataReceived -> /* await-confirm/data/unexpected-message KHP-EXT-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_UNEXPECTED_MESSAGE; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == TerminatorReceived && c_late_terminator_possible -> /* await-confirm/terminator/late-terminator KHP-CLOSE-04 */
		d_step { c_late_terminator_possible = 0 }
	:: ev == TerminatorReceived && !c_late_terminator_possible -> /* await-confirm/terminator/unexpected-message KHP-EXT-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_UNEXPECTED_MESSAGE; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Violation -> /* await-confirm/violation/failed KHP-CLOSE-02 WSP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = (failure -> failure : FAILURE_MALFORMED); c_send_close(1); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == PingReceived -> /* await-confirm/ping/pong WSP-FRAME-05 */
		d_step { c_send_pong() }
	:: ev == PeerClosed -> /* await-confirm/peer-closed/peer-closed KHP-CLOSE-01 WSP-FRAME-06 */
		d_step { c_phase = C_Draining; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_PEER_CLOSED; c_stop_timers(); c_send_close(0); c_arm_timer(T_Close) }
	:: ev == ConnectionLost -> /* await-confirm/lost/connection-lost KHP-CLOSE-01 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_CONNECTION_LOST; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == TimerExpired_Response && c_wait_running -> /* ignored */
		skip
	:: ev == TimerExpired_Response && !c_wait_running -> /* await-confirm/response-timer/timeout KHP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TIMEOUT; c_send_close(1008); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == TimerExpired_Wait && c_wait_running -> /* await-confirm/wait-timer/accepted-only KHP-STATUS-202-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_ACCEPTED_ONLY; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == TimerExpired_Wait && !c_wait_running -> /* ignored */
		skip
	:: ev == TimerExpired_Overall -> /* await-confirm/overall-timer/timeout KHP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TIMEOUT; c_send_close(1008); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == CloseRequested -> /* await-confirm/close/close LIV-11 */
		d_step { c_phase = C_Closing; c_plan_close = 1; c_plan = PLAN_CLOSE; c_send_close(0); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == BodyWritten || ev == TimerExpired_Opening || ev == TimerExpired_Credentials || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for the start of a response. */
inline client_in_await_response() {
	if
	:: ev == ProceedReceived && c_nothing_received_yet -> /* await-response/proceed/gateway KHP-EXT-03 */
		d_step { c_nothing_received_yet = 0; c_N_received = 1 }
	:: ev == ProceedReceived && AUTO && !c_nothing_received_yet -> /* await-response/proceed/unexpected-message KHP-EXT-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_UNEXPECTED_MESSAGE; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == ProceedReceived && !c_nothing_received_yet && !AUTO -> /* misuse */
		must(TOTAL, false)
	:: ev == RerouteReceived && has(F_TARGET_USABLE) && !NO_REDIRECTS && (c_redirects < MAX_REDIRECTS) && c_nothing_received_yet && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* await-response/reroute/follow KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_redirects++; c_plan = PLAN_REDIRECT; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && c_nothing_received_yet && NO_REDIRECTS -> /* await-response/reroute/status KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_STATUS; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && has(F_TARGET_VISITED) && c_nothing_received_yet && !NO_REDIRECTS -> /* await-response/reroute/redirect-loop KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_LOOP; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && has(F_TARGET_REFUSED) && c_nothing_received_yet && !NO_REDIRECTS && !has(F_TARGET_VISITED) -> /* await-response/reroute/redirect-refused KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_REFUSED; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && c_nothing_received_yet && !has(F_TARGET_USABLE) && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* await-response/reroute/redirect-target KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_TARGET; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && c_nothing_received_yet && !(c_redirects < MAX_REDIRECTS) && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) && has(F_TARGET_USABLE) -> /* await-response/reroute/too-many-redirects KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TOO_MANY_REDIRECTS; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && AUTO && !c_nothing_received_yet -> /* await-response/reroute/unexpected-message KHP-EXT-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_UNEXPECTED_MESSAGE; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == RerouteReceived && !c_nothing_received_yet && !AUTO -> /* misuse */
		must(TOTAL, false)
#if defined(FAULT_OPEN_AT_FIRST_BYTE) /* INV-01: the client opens when a response begins */
	:: ev == DataReceived -> /* await-response/data/reading KHP-GEN-09 */
		d_step { c_phase = C_Open; c_late_terminator_possible = 0; c_nothing_received_yet = 0; c_stop_timers(); c_complete() }
#elif defined(FAULT_DELIVER_EARLY) /* INV-02: the client's application gets the response as if it were a message */
	:: ev == DataReceived -> /* await-response/data/reading KHP-GEN-09 */
		d_step { c_phase = C_Reading; c_late_terminator_possible = 0; c_nothing_received_yet = 0; c_deliver() }
#elif defined(FAULT_REQUEST_TWICE) /* INV-07: the client asks again when a response begins */
	:: ev == DataReceived -> /* await-response/data/reading KHP-GEN-09 */
		d_step { c_phase = C_Reading; c_late_terminator_possible = 0; c_nothing_received_yet = 0; c_send_request() }
#elif defined(FAULT_TIMER_STARTED_OVER) /* INV-39: the client gives the server more time when a response begins */
	:: ev == DataReceived -> /* await-response/data/reading KHP-GEN-09 */
		d_step { c_phase = C_Reading; c_late_terminator_possible = 0; c_nothing_received_yet = 0; c_arm_timer(T_Response) }
#else
	:: ev == DataReceived -> /* await-response/data/reading KHP-GEN-09 */
		d_step { c_phase = C_Reading; c_late_terminator_possible = 0; c_nothing_received_yet = 0 }
#endif
	:: ev == TerminatorReceived && c_late_terminator_possible -> /* await-response/terminator/late-terminator KHP-CLOSE-04 */
		d_step { c_late_terminator_possible = 0 }
	:: ev == TerminatorReceived && !c_late_terminator_possible -> /* await-response/terminator/unexpected-message KHP-EXT-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_UNEXPECTED_MESSAGE; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Violation -> /* await-response/violation/failed KHP-CLOSE-02 WSP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = (failure -> failure : FAILURE_MALFORMED); c_send_close(1); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == PingReceived -> /* await-response/ping/pong WSP-FRAME-05 */
		d_step { c_send_pong() }
	:: ev == PeerClosed -> /* await-response/peer-closed/peer-closed KHP-CLOSE-01 WSP-FRAME-06 */
		d_step { c_phase = C_Draining; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_PEER_CLOSED; c_stop_timers(); c_send_close(0); c_arm_timer(T_Close) }
	:: ev == ConnectionLost -> /* await-response/lost/connection-lost KHP-CLOSE-01 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_CONNECTION_LOST; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == TimerExpired_Response && c_wait_running -> /* ignored */
		skip
	:: ev == TimerExpired_Response && !c_wait_running -> /* await-response/response-timer/timeout KHP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TIMEOUT; c_send_close(1008); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == TimerExpired_Wait && c_wait_running -> /* await-response/wait-timer/accepted-only KHP-STATUS-202-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_ACCEPTED_ONLY; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == TimerExpired_Wait && !c_wait_running -> /* ignored */
		skip
	:: ev == TimerExpired_Overall -> /* await-response/overall-timer/timeout KHP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TIMEOUT; c_send_close(1008); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == CloseRequested -> /* await-response/close/close LIV-11 */
		d_step { c_phase = C_Closing; c_plan_close = 1; c_plan = PLAN_CLOSE; c_send_close(0); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == BodyWritten || ev == TimerExpired_Opening || ev == TimerExpired_Credentials || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for credentials, after 401. */
inline client_in_await_credentials() {
	if
	:: ev == DataReceived -> /* await-credentials/data/unexpected-message KHP-EXT-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_UNEXPECTED_MESSAGE; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == TerminatorReceived && c_late_terminator_possible -> /* await-credentials/terminator/late-terminator KHP-CLOSE-04 */
		d_step { c_late_terminator_possible = 0 }
	:: ev == TerminatorReceived && !c_late_terminator_possible -> /* await-credentials/terminator/unexpected-message KHP-EXT-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_UNEXPECTED_MESSAGE; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Violation -> /* await-credentials/violation/failed KHP-CLOSE-02 WSP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = (failure -> failure : FAILURE_MALFORMED); c_send_close(1); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == CredentialsSupplied && has(F_NEW_CREDENTIALS) && !c_wait_running -> /* await-credentials/credentials/replay KHP-STATUS-401-02 */
		d_step { c_phase = C_AwaitResponse; c_body_sent = 0; c_replays++; c_replay_request(); c_stop_timer(T_Credentials); c_arm_timer(T_Response); c_resume_timer(T_Overall) }
	:: ev == CredentialsSupplied && has(F_NEW_CREDENTIALS) && c_wait_running -> /* await-credentials/credentials/replay-waiting KHP-STATUS-401-02 */
		d_step { c_phase = C_AwaitResponse; c_body_sent = 0; c_replays++; c_replay_request(); c_stop_timer(T_Credentials); c_resume_timer(T_Wait); c_resume_timer(T_Overall) }
	:: ev == CredentialsSupplied && (!has(F_NEW_CREDENTIALS) || c_wait_running) && (!has(F_NEW_CREDENTIALS) || !c_wait_running) -> /* await-credentials/credentials/credentials-refused KHP-STATUS-401-01 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_CREDENTIALS_REFUSED; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == CredentialsDeclined -> /* await-credentials/no-credentials/auth-required KHP-STATUS-401-01 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_AUTH_REQUIRED; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == PingReceived -> /* await-credentials/ping/pong WSP-FRAME-05 */
		d_step { c_send_pong() }
	:: ev == PeerClosed -> /* await-credentials/peer-closed/peer-closed KHP-CLOSE-01 WSP-FRAME-06 */
		d_step { c_phase = C_Draining; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_PEER_CLOSED; c_stop_timers(); c_send_close(0); c_arm_timer(T_Close) }
	:: ev == ConnectionLost -> /* await-credentials/lost/connection-lost KHP-CLOSE-01 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_CONNECTION_LOST; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == TimerExpired_Credentials -> /* await-credentials/credential-timer/credential-timeout KHP-STATUS-401-01 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_CREDENTIAL_TIMEOUT; c_send_close(1008); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == CloseRequested -> /* await-credentials/close/close LIV-11 */
		d_step { c_phase = C_Closing; c_plan_close = 1; c_plan = PLAN_CLOSE; c_send_close(0); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == BodyWritten || ev == TimerExpired_Opening || ev == TimerExpired_Response || ev == TimerExpired_Wait || ev == TimerExpired_Overall || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for the end of the response. */
inline client_in_reading() {
	if
	:: ev == DataReceived -> /* reading/data/more KHP-GEN-09 */
		skip
	:: ev == Response_Complete && has(F_TERMINATED) && has(F_ACCEPT_MATCHES) && has(F_SUBPROTOCOL_OFFERED) && has(F_EXTENSIONS_ASKED) && !c_body_cut_short && !c_N_received -> /* reading/complete/open KHP-GEN-05 KHP-CLOSE-05 KHP-STATUS-101-01 KHP-STATUS-101-02 KHP-STATUS-201-01 KHP-STATUS-204-01 KHP-STATUS-205-01 KHP-EXT-RSP-10 */
		d_step { c_phase = C_Open; c_status = status; c_stop_timers(); c_complete() }
	:: ev == Response_Complete && has(F_ACCEPT_MATCHES) && has(F_SUBPROTOCOL_OFFERED) && has(F_EXTENSIONS_ASKED) && !has(F_TERMINATED) && TERMINATOR_OPTIONAL && !c_body_cut_short && !c_N_received -> /* reading/complete/open-unterminated KHP-GEN-05 KHP-CLOSE-05 KHP-STATUS-101-01 KHP-STATUS-101-02 KHP-STATUS-201-01 KHP-STATUS-204-01 KHP-STATUS-205-01 KHP-EXT-RSP-10 */
		d_step { c_phase = C_Open; c_late_terminator_possible = 1; c_status = status; c_stop_timers(); c_complete() }
	:: ev == Response_Complete && has(F_TERMINATED) && has(F_ACCEPT_MATCHES) && has(F_SUBPROTOCOL_OFFERED) && has(F_EXTENSIONS_ASKED) && c_N_received && !c_body_cut_short -> /* reading/complete/await-confirm KHP-STATUS-101-01 */
		d_step { c_phase = C_AwaitConfirm; c_status = status }
	:: ev == Response_Complete && has(F_ACCEPT_MATCHES) && has(F_SUBPROTOCOL_OFFERED) && has(F_EXTENSIONS_ASKED) && c_N_received && !has(F_TERMINATED) && TERMINATOR_OPTIONAL && !c_body_cut_short -> /* reading/complete/await-confirm-unterminated KHP-STATUS-101-01 */
		d_step { c_phase = C_AwaitConfirm; c_late_terminator_possible = 1; c_status = status }
	:: ev == Response_Complete && c_body_cut_short -> /* reading/complete/unexpected-message KHP-EXT-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_UNEXPECTED_MESSAGE; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Complete && !has(F_ACCEPT_MATCHES) && !c_body_cut_short -> /* reading/complete/accept-mismatch KHP-STATUS-101-03 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_ACCEPT_MISMATCH; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Complete && !has(F_SUBPROTOCOL_OFFERED) && !c_body_cut_short && has(F_ACCEPT_MATCHES) -> /* reading/complete/protocol-not-requested KHP-CLOSE-02 WSP-OPEN-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_PROTOCOL_NOT_REQUESTED; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Complete && !has(F_EXTENSIONS_ASKED) && !c_body_cut_short && has(F_ACCEPT_MATCHES) && has(F_SUBPROTOCOL_OFFERED) -> /* reading/complete/extension-not-requested KHP-CLOSE-03 KHP-EXT-RSP-09 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_EXTENSION_NOT_REQUESTED; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Complete && (!has(F_TERMINATED) || c_N_received) && (has(F_TERMINATED) || !TERMINATOR_OPTIONAL || c_N_received) && (!has(F_TERMINATED) || !c_N_received) && (!c_N_received || has(F_TERMINATED) || !TERMINATOR_OPTIONAL) && !c_body_cut_short && has(F_ACCEPT_MATCHES) && has(F_SUBPROTOCOL_OFFERED) && has(F_EXTENSIONS_ASKED) -> /* reading/complete/missing-terminator KHP-CLOSE-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_MISSING_TERMINATOR; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Continue && has(F_TERMINATED) && has(F_EXTENSIONS_ASKED) && (c_interim < MAX_INTERIM) && c_body_sent -> /* reading/100/body-sent RFC2068-100-03 */
		d_step { c_phase = C_AwaitResponse; c_interim++; c_status = status }
	:: ev == Response_Continue && has(F_EXTENSIONS_ASKED) && (c_interim < MAX_INTERIM) && c_body_sent && !has(F_TERMINATED) && TERMINATOR_OPTIONAL -> /* reading/100/body-sent-unterminated RFC2068-100-03 */
		d_step { c_phase = C_AwaitResponse; c_late_terminator_possible = 1; c_interim++; c_status = status }
	:: ev == Response_Continue && has(F_TERMINATED) && has(F_EXTENSIONS_ASKED) && EXPECT && (c_interim < MAX_INTERIM) && !c_body_sent && !c_body_cut_short -> /* reading/100/send-body KHP-STATUS-100-01 RFC2068-100-01 RFC2068-100-02 */
		d_step { c_phase = C_SendingBody; c_interim++; c_status = status; c_send_body() }
	:: ev == Response_Continue && has(F_EXTENSIONS_ASKED) && EXPECT && (c_interim < MAX_INTERIM) && !has(F_TERMINATED) && TERMINATOR_OPTIONAL && !c_body_sent && !c_body_cut_short -> /* reading/100/send-body-unterminated KHP-STATUS-100-01 RFC2068-100-01 RFC2068-100-02 */
		d_step { c_phase = C_SendingBody; c_late_terminator_possible = 1; c_interim++; c_status = status; c_send_body() }
	:: ev == Response_Continue && c_body_cut_short && (!has(F_TERMINATED) || !has(F_EXTENSIONS_ASKED) || !(c_interim < MAX_INTERIM) || !c_body_sent) && (!has(F_EXTENSIONS_ASKED) || !(c_interim < MAX_INTERIM) || !c_body_sent || has(F_TERMINATED) || !TERMINATOR_OPTIONAL) -> /* reading/100/unexpected-message KHP-EXT-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_UNEXPECTED_MESSAGE; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Continue && !has(F_EXTENSIONS_ASKED) && !c_body_cut_short -> /* reading/100/extension-not-requested KHP-CLOSE-03 KHP-EXT-RSP-09 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_EXTENSION_NOT_REQUESTED; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Continue && !TERMINATOR_OPTIONAL && !has(F_TERMINATED) && !c_body_cut_short && has(F_EXTENSIONS_ASKED) -> /* reading/100/missing-terminator KHP-CLOSE-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_MISSING_TERMINATOR; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Continue && !EXPECT && (!has(F_TERMINATED) || !(c_interim < MAX_INTERIM) || !c_body_sent) && (!(c_interim < MAX_INTERIM) || !c_body_sent || has(F_TERMINATED) || !TERMINATOR_OPTIONAL) && !c_body_cut_short && has(F_EXTENSIONS_ASKED) && (TERMINATOR_OPTIONAL || has(F_TERMINATED)) -> /* reading/100/unexpected-continue KHP-STATUS-100-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_UNEXPECTED_CONTINUE; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Continue && (!has(F_TERMINATED) || !(c_interim < MAX_INTERIM) || !c_body_sent) && (!(c_interim < MAX_INTERIM) || !c_body_sent || has(F_TERMINATED) || !TERMINATOR_OPTIONAL) && (!has(F_TERMINATED) || !(c_interim < MAX_INTERIM) || c_body_sent) && (!(c_interim < MAX_INTERIM) || has(F_TERMINATED) || !TERMINATOR_OPTIONAL || c_body_sent) && !c_body_cut_short && has(F_EXTENSIONS_ASKED) && (TERMINATOR_OPTIONAL || has(F_TERMINATED)) && EXPECT -> /* reading/100/interim-limit KHP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_INTERIM_LIMIT; c_status = status; c_send_close(1008); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Wait && has(F_TERMINATED) && has(F_EXTENSIONS_ASKED) && !NO_WAIT && (c_interim < MAX_INTERIM) && !c_wait_running && !c_body_cut_short -> /* reading/202/wait KHP-STATUS-202-01 RFC2068-202-01 */
		d_step { c_phase = C_AwaitResponse; c_wait_running = 1; c_interim++; c_status = status; c_stop_timer(T_Response); c_arm_timer(T_Wait) }
	:: ev == Response_Wait && has(F_EXTENSIONS_ASKED) && !NO_WAIT && (c_interim < MAX_INTERIM) && !has(F_TERMINATED) && TERMINATOR_OPTIONAL && !c_wait_running && !c_body_cut_short -> /* reading/202/wait-unterminated KHP-STATUS-202-01 RFC2068-202-01 */
		d_step { c_phase = C_AwaitResponse; c_wait_running = 1; c_late_terminator_possible = 1; c_interim++; c_status = status; c_stop_timer(T_Response); c_arm_timer(T_Wait) }
	:: ev == Response_Wait && has(F_TERMINATED) && has(F_EXTENSIONS_ASKED) && (c_interim < MAX_INTERIM) && c_wait_running && !c_body_cut_short -> /* reading/202/wait-on KHP-STATUS-202-01 */
		d_step { c_phase = C_AwaitResponse; c_interim++; c_status = status }
	:: ev == Response_Wait && has(F_EXTENSIONS_ASKED) && (c_interim < MAX_INTERIM) && c_wait_running && !has(F_TERMINATED) && TERMINATOR_OPTIONAL && !c_body_cut_short -> /* reading/202/wait-on-unterminated KHP-STATUS-202-01 */
		d_step { c_phase = C_AwaitResponse; c_late_terminator_possible = 1; c_interim++; c_status = status }
	:: ev == Response_Wait && c_body_cut_short -> /* reading/202/unexpected-message KHP-EXT-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_UNEXPECTED_MESSAGE; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Wait && !has(F_EXTENSIONS_ASKED) && !c_body_cut_short -> /* reading/202/extension-not-requested KHP-CLOSE-03 KHP-EXT-RSP-09 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_EXTENSION_NOT_REQUESTED; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Wait && !TERMINATOR_OPTIONAL && !has(F_TERMINATED) && !c_body_cut_short && has(F_EXTENSIONS_ASKED) -> /* reading/202/missing-terminator KHP-CLOSE-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_MISSING_TERMINATOR; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Wait && NO_WAIT && (!has(F_TERMINATED) || !(c_interim < MAX_INTERIM) || !c_wait_running) && (!(c_interim < MAX_INTERIM) || !c_wait_running || has(F_TERMINATED) || !TERMINATOR_OPTIONAL) && !c_body_cut_short && has(F_EXTENSIONS_ASKED) && (TERMINATOR_OPTIONAL || has(F_TERMINATED)) -> /* reading/202/accepted-only KHP-STATUS-202-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_ACCEPTED_ONLY; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Wait && (!has(F_TERMINATED) || !(c_interim < MAX_INTERIM) || c_wait_running) && (!(c_interim < MAX_INTERIM) || has(F_TERMINATED) || !TERMINATOR_OPTIONAL || c_wait_running) && (!has(F_TERMINATED) || !(c_interim < MAX_INTERIM) || !c_wait_running) && (!(c_interim < MAX_INTERIM) || !c_wait_running || has(F_TERMINATED) || !TERMINATOR_OPTIONAL) && !c_body_cut_short && has(F_EXTENSIONS_ASKED) && (TERMINATOR_OPTIONAL || has(F_TERMINATED)) && !NO_WAIT -> /* reading/202/interim-limit KHP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_INTERIM_LIMIT; c_status = status; c_send_close(1008); c_stop_timers(); c_arm_timer(T_Close) }
#if defined(FAULT_REPLAY_WITHOUT_LIMIT) /* INV-20: the client replays as often as it is challenged */
	:: ev == Response_Replay && has(F_TERMINATED) && has(F_EXTENSIONS_ASKED) && has(F_CHALLENGE_USABLE) && !c_body_cut_short -> /* reading/401/ask-credentials KHP-STATUS-401-01 */
		d_step { c_phase = C_AwaitCredentials; c_status = status; c_ask_credentials(); c_stop_timer(T_Response); c_pause_timer(T_Wait); c_pause_timer(T_Overall); c_arm_timer(T_Credentials) }
	:: ev == Response_Replay && has(F_EXTENSIONS_ASKED) && has(F_CHALLENGE_USABLE) && (c_replays < MAX_REPLAYS) && !has(F_TERMINATED) && TERMINATOR_OPTIONAL && !c_body_cut_short -> /* reading/401/ask-credentials-unterminated KHP-STATUS-401-01 */
		d_step { c_phase = C_AwaitCredentials; c_late_terminator_possible = 1; c_status = status; c_ask_credentials(); c_stop_timer(T_Response); c_pause_timer(T_Wait); c_pause_timer(T_Overall); c_arm_timer(T_Credentials) }
	:: ev == Response_Replay && c_body_cut_short -> /* reading/401/unexpected-message KHP-EXT-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_UNEXPECTED_MESSAGE; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Replay && !has(F_EXTENSIONS_ASKED) && !c_body_cut_short -> /* reading/401/extension-not-requested KHP-CLOSE-03 KHP-EXT-RSP-09 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_EXTENSION_NOT_REQUESTED; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Replay && !TERMINATOR_OPTIONAL && !has(F_TERMINATED) && !c_body_cut_short && has(F_EXTENSIONS_ASKED) -> /* reading/401/missing-terminator KHP-CLOSE-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_MISSING_TERMINATOR; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Replay && !has(F_CHALLENGE_USABLE) && !c_body_cut_short && has(F_EXTENSIONS_ASKED) && (TERMINATOR_OPTIONAL || has(F_TERMINATED)) -> /* reading/401/auth-required KHP-STATUS-401-01 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_AUTH_REQUIRED; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Replay && !has(F_TERMINATED) && !(c_replays < MAX_REPLAYS) && !c_body_cut_short && has(F_EXTENSIONS_ASKED) && TERMINATOR_OPTIONAL && has(F_CHALLENGE_USABLE) -> /* reading/401/auth-limit KHP-STATUS-401-01 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_AUTH_LIMIT; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
#else
	:: ev == Response_Replay && has(F_TERMINATED) && has(F_EXTENSIONS_ASKED) && has(F_CHALLENGE_USABLE) && (c_replays < MAX_REPLAYS) && !c_body_cut_short -> /* reading/401/ask-credentials KHP-STATUS-401-01 */
		d_step { c_phase = C_AwaitCredentials; c_status = status; c_ask_credentials(); c_stop_timer(T_Response); c_pause_timer(T_Wait); c_pause_timer(T_Overall); c_arm_timer(T_Credentials) }
	:: ev == Response_Replay && has(F_EXTENSIONS_ASKED) && has(F_CHALLENGE_USABLE) && (c_replays < MAX_REPLAYS) && !has(F_TERMINATED) && TERMINATOR_OPTIONAL && !c_body_cut_short -> /* reading/401/ask-credentials-unterminated KHP-STATUS-401-01 */
		d_step { c_phase = C_AwaitCredentials; c_late_terminator_possible = 1; c_status = status; c_ask_credentials(); c_stop_timer(T_Response); c_pause_timer(T_Wait); c_pause_timer(T_Overall); c_arm_timer(T_Credentials) }
	:: ev == Response_Replay && c_body_cut_short -> /* reading/401/unexpected-message KHP-EXT-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_UNEXPECTED_MESSAGE; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Replay && !has(F_EXTENSIONS_ASKED) && !c_body_cut_short -> /* reading/401/extension-not-requested KHP-CLOSE-03 KHP-EXT-RSP-09 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_EXTENSION_NOT_REQUESTED; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Replay && !TERMINATOR_OPTIONAL && !has(F_TERMINATED) && !c_body_cut_short && has(F_EXTENSIONS_ASKED) -> /* reading/401/missing-terminator KHP-CLOSE-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_MISSING_TERMINATOR; c_status = status; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Replay && !has(F_CHALLENGE_USABLE) && !c_body_cut_short && has(F_EXTENSIONS_ASKED) && (TERMINATOR_OPTIONAL || has(F_TERMINATED)) -> /* reading/401/auth-required KHP-STATUS-401-01 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_AUTH_REQUIRED; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Replay && (!has(F_TERMINATED) || !(c_replays < MAX_REPLAYS)) && (!(c_replays < MAX_REPLAYS) || has(F_TERMINATED) || !TERMINATOR_OPTIONAL) && !c_body_cut_short && has(F_EXTENSIONS_ASKED) && (TERMINATOR_OPTIONAL || has(F_TERMINATED)) && has(F_CHALLENGE_USABLE) -> /* reading/401/auth-limit KHP-STATUS-401-01 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_AUTH_LIMIT; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
#endif
#if defined(FAULT_REQUEST_AFTER_REFUSAL) /* INV-16: the client asks again after a terminating status */
	:: ev == Response_Close -> /* reading/status-close/status KHP-CLOSE-02 KHP-EXT-RSP-06 KHP-CLASS-UNLISTED-01 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_STATUS; c_status = status; c_send_request(); c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
#else
	:: ev == Response_Close -> /* reading/status-close/status KHP-CLOSE-02 KHP-EXT-RSP-06 KHP-CLASS-UNLISTED-01 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_STATUS; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
#endif
#if defined(FAULT_REDIRECT_WITHOUT_LIMIT) /* INV-21: the client follows as often as it is redirected */
	:: ev == Response_RedirectChoice && has(F_TARGET_USABLE) && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* reading/redirect/follow KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_redirects++; c_plan = PLAN_REDIRECT; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectChoice && NO_REDIRECTS -> /* reading/redirect/status KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_STATUS; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectChoice && has(F_TARGET_VISITED) && !NO_REDIRECTS -> /* reading/redirect/redirect-loop KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_LOOP; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectChoice && has(F_TARGET_REFUSED) && !NO_REDIRECTS && !has(F_TARGET_VISITED) -> /* reading/redirect/redirect-refused KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_REFUSED; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectChoice && !has(F_TARGET_USABLE) && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* reading/redirect/redirect-target KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_TARGET; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectChoice && false && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) && has(F_TARGET_USABLE) -> /* reading/redirect/too-many-redirects KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TOO_MANY_REDIRECTS; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
#elif defined(FAULT_FOLLOW_AT_ONCE) /* INV-28: the client goes on while the old connection is up */
	:: ev == Response_RedirectChoice && has(F_TARGET_USABLE) && !NO_REDIRECTS && (c_redirects < MAX_REDIRECTS) && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* reading/redirect/follow KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Redirecting; c_redirects++; c_plan = PLAN_REDIRECT; c_status = status; c_stop_timers(); c_follow() }
	:: ev == Response_RedirectChoice && NO_REDIRECTS -> /* reading/redirect/status KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_STATUS; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectChoice && has(F_TARGET_VISITED) && !NO_REDIRECTS -> /* reading/redirect/redirect-loop KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_LOOP; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectChoice && has(F_TARGET_REFUSED) && !NO_REDIRECTS && !has(F_TARGET_VISITED) -> /* reading/redirect/redirect-refused KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_REFUSED; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectChoice && !has(F_TARGET_USABLE) && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* reading/redirect/redirect-target KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_TARGET; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectChoice && !(c_redirects < MAX_REDIRECTS) && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) && has(F_TARGET_USABLE) -> /* reading/redirect/too-many-redirects KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TOO_MANY_REDIRECTS; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
#else
	:: ev == Response_RedirectChoice && has(F_TARGET_USABLE) && !NO_REDIRECTS && (c_redirects < MAX_REDIRECTS) && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* reading/redirect/follow KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_redirects++; c_plan = PLAN_REDIRECT; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectChoice && NO_REDIRECTS -> /* reading/redirect/status KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_STATUS; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectChoice && has(F_TARGET_VISITED) && !NO_REDIRECTS -> /* reading/redirect/redirect-loop KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_LOOP; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectChoice && has(F_TARGET_REFUSED) && !NO_REDIRECTS && !has(F_TARGET_VISITED) -> /* reading/redirect/redirect-refused KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_REFUSED; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectChoice && !has(F_TARGET_USABLE) && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* reading/redirect/redirect-target KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_TARGET; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectChoice && !(c_redirects < MAX_REDIRECTS) && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) && has(F_TARGET_USABLE) -> /* reading/redirect/too-many-redirects KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TOO_MANY_REDIRECTS; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
#endif
	:: ev == Response_RedirectIfGet && has(F_TARGET_USABLE) && !OTHER_METHOD && !NO_REDIRECTS && (c_redirects < MAX_REDIRECTS) && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* reading/307/follow KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_redirects++; c_plan = PLAN_REDIRECT; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectIfGet && OTHER_METHOD -> /* reading/307/redirect-method KHP-STATUS-307-03 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_METHOD; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectIfGet && NO_REDIRECTS && !OTHER_METHOD -> /* reading/307/status KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_STATUS; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectIfGet && has(F_TARGET_VISITED) && !OTHER_METHOD && !NO_REDIRECTS -> /* reading/307/redirect-loop KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_LOOP; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectIfGet && has(F_TARGET_REFUSED) && !OTHER_METHOD && !NO_REDIRECTS && !has(F_TARGET_VISITED) -> /* reading/307/redirect-refused KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_REFUSED; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectIfGet && !has(F_TARGET_USABLE) && !OTHER_METHOD && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) -> /* reading/307/redirect-target KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_TARGET; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_RedirectIfGet && !(c_redirects < MAX_REDIRECTS) && !OTHER_METHOD && !NO_REDIRECTS && !has(F_TARGET_VISITED) && !has(F_TARGET_REFUSED) && has(F_TARGET_USABLE) -> /* reading/307/too-many-redirects KHP-STATUS-307-02 KHP-REDIR-02 KHP-REDIR-03 KHP-REDIR-04 KHP-REDIR-05 KHP-CLASS-3XX-02 KHP-CLASS-3XX-03 KHP-CLASS-3XX-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TOO_MANY_REDIRECTS; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_ProxyAuth && has(F_PROXY_CHALLENGE) && PROXY && !c_proxy_tried -> /* reading/407/follow KHP-STATUS-407-01 KHP-STATUS-407-02 RFC2068-407-01 RFC2068-407-03 */
		d_step { c_phase = C_Closing; c_proxy_tried = 1; c_plan = PLAN_PROXY_AUTH; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_ProxyAuth && (!has(F_PROXY_CHALLENGE) || !PROXY || c_proxy_tried) -> /* reading/407/status KHP-STATUS-407-01 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_STATUS; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Upgrade && has(F_TARGET_VISITED) && has(F_UPGRADE_TO_TLS) && UPGRADE -> /* reading/426/redirect-loop KHP-STATUS-426-01 KHP-REDIR-05 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_REDIRECT_LOOP; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Upgrade && has(F_UPGRADE_TO_TLS) && UPGRADE && !(c_redirects < MAX_REDIRECTS) && !has(F_TARGET_VISITED) -> /* reading/426/too-many-redirects KHP-STATUS-426-01 KHP-REDIR-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TOO_MANY_REDIRECTS; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Upgrade && has(F_TARGET_USABLE) && has(F_UPGRADE_TO_TLS) && UPGRADE && !has(F_TARGET_VISITED) && (c_redirects < MAX_REDIRECTS) -> /* reading/426/follow KHP-STATUS-426-01 KHP-STATUS-426-02 */
		d_step { c_phase = C_Closing; c_redirects++; c_plan = PLAN_UPGRADE; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Response_Upgrade && (!has(F_TARGET_VISITED) || !has(F_UPGRADE_TO_TLS) || !UPGRADE) && (!has(F_UPGRADE_TO_TLS) || !UPGRADE || (c_redirects < MAX_REDIRECTS)) && (!has(F_TARGET_USABLE) || !has(F_UPGRADE_TO_TLS) || !UPGRADE) -> /* reading/426/status KHP-STATUS-426-01 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_STATUS; c_status = status; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Violation -> /* reading/violation/failed KHP-CLOSE-02 WSP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = (failure -> failure : FAILURE_MALFORMED); c_send_close(1); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == PingReceived -> /* reading/ping/pong WSP-FRAME-05 */
		d_step { c_send_pong() }
	:: ev == PeerClosed && has(F_RESPONSE_COMPLETE) -> /* reading/peer-closed/missing-terminator KHP-CLOSE-01 KHP-CLOSE-04 WSP-FRAME-06 */
		d_step { c_phase = C_Draining; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_MISSING_TERMINATOR; c_stop_timers(); c_send_close(0); c_arm_timer(T_Close) }
	:: ev == PeerClosed && !has(F_RESPONSE_COMPLETE) -> /* reading/peer-closed/peer-closed KHP-CLOSE-01 WSP-FRAME-06 */
		d_step { c_phase = C_Draining; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_PEER_CLOSED; c_stop_timers(); c_send_close(0); c_arm_timer(T_Close) }
	:: ev == ConnectionLost && has(F_RESPONSE_COMPLETE) -> /* reading/lost/missing-terminator KHP-CLOSE-01 KHP-CLOSE-04 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_MISSING_TERMINATOR; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == ConnectionLost && !has(F_RESPONSE_COMPLETE) -> /* reading/lost/connection-lost KHP-CLOSE-01 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_CONNECTION_LOST; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == TimerExpired_Response && c_wait_running -> /* ignored */
		skip
	:: ev == TimerExpired_Response && has(F_RESPONSE_COMPLETE) && !c_wait_running -> /* reading/response-timer/missing-terminator KHP-CLOSE-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_MISSING_TERMINATOR; c_send_close(1008); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == TimerExpired_Response && !c_wait_running && !has(F_RESPONSE_COMPLETE) -> /* reading/response-timer/timeout KHP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TIMEOUT; c_send_close(1008); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == TimerExpired_Wait && c_wait_running -> /* reading/wait-timer/accepted-only KHP-STATUS-202-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_ACCEPTED_ONLY; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == TimerExpired_Wait && !c_wait_running -> /* ignored */
		skip
	:: ev == TimerExpired_Overall && has(F_RESPONSE_COMPLETE) -> /* reading/overall-timer/missing-terminator KHP-CLOSE-04 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_MISSING_TERMINATOR; c_send_close(1008); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == TimerExpired_Overall && !has(F_RESPONSE_COMPLETE) -> /* reading/overall-timer/timeout KHP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TIMEOUT; c_send_close(1008); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == CloseRequested -> /* reading/close/close LIV-11 */
		d_step { c_phase = C_Closing; c_plan_close = 1; c_plan = PLAN_CLOSE; c_send_close(0); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == BodyWritten || ev == TimerExpired_Opening || ev == TimerExpired_Credentials || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for the body to be written. */
inline client_in_sending_body() {
	if
	:: ev == DataReceived -> /* sending-body/data/reading KHP-STATUS-100-04 */
		d_step { c_phase = C_Reading; c_body_cut_short = 1; c_stop_body() }
	:: ev == TerminatorReceived && c_late_terminator_possible -> /* sending-body/terminator/late-terminator KHP-CLOSE-04 */
		d_step { c_late_terminator_possible = 0 }
	:: ev == TerminatorReceived && !c_late_terminator_possible -> /* sending-body/terminator/unexpected-message KHP-EXT-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_UNEXPECTED_MESSAGE; c_send_close(1002); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == Violation -> /* sending-body/violation/failed KHP-CLOSE-02 WSP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = (failure -> failure : FAILURE_MALFORMED); c_send_close(1); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == BodyWritten -> /* sending-body/body-written/await-response KHP-STATUS-100-01 */
		d_step { c_phase = C_AwaitResponse; c_body_sent = 1 }
	:: ev == PingReceived -> /* sending-body/ping/pong WSP-FRAME-05 */
		d_step { c_send_pong() }
	:: ev == PeerClosed -> /* sending-body/peer-closed/peer-closed KHP-CLOSE-01 WSP-FRAME-06 */
		d_step { c_phase = C_Draining; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_PEER_CLOSED; c_stop_timers(); c_send_close(0); c_arm_timer(T_Close) }
	:: ev == ConnectionLost -> /* sending-body/lost/connection-lost KHP-CLOSE-01 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_CONNECTION_LOST; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == TimerExpired_Response && c_wait_running -> /* ignored */
		skip
	:: ev == TimerExpired_Response && !c_wait_running -> /* sending-body/response-timer/timeout KHP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TIMEOUT; c_send_close(1008); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == TimerExpired_Wait && c_wait_running -> /* sending-body/wait-timer/accepted-only KHP-STATUS-202-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_ACCEPTED_ONLY; c_send_close(1000); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == TimerExpired_Wait && !c_wait_running -> /* ignored */
		skip
	:: ev == TimerExpired_Overall -> /* sending-body/overall-timer/timeout KHP-CLOSE-02 */
		d_step { c_phase = C_Closing; c_plan_fail = 1; c_plan = PLAN_FAIL; c_failure = FAILURE_TIMEOUT; c_send_close(1008); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == CloseRequested -> /* sending-body/close/close LIV-11 */
		d_step { c_phase = C_Closing; c_plan_close = 1; c_plan = PLAN_CLOSE; c_send_close(0); c_stop_timers(); c_arm_timer(T_Close) }
	:: ev == TimerExpired_Opening || ev == TimerExpired_Credentials || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for messages of either side. */
inline client_in_open() {
	if
	:: ev == DataReceived -> /* open/data/deliver KHP-GEN-05 */
		d_step { c_late_terminator_possible = 0; c_deliver() }
	:: ev == TerminatorReceived && c_late_terminator_possible -> /* open/terminator/late-terminator KHP-CLOSE-04 */
		d_step { c_late_terminator_possible = 0 }
	:: ev == TerminatorReceived && !c_late_terminator_possible -> /* open/terminator/deliver KHP-GEN-05 */
		d_step { c_deliver() }
	:: ev == Violation -> /* open/violation/close WSP-CLOSE-02 WSP-FRAME-04 */
		d_step { c_phase = C_Closing; c_plan_close = 1; c_plan = PLAN_CLOSE; c_failure = (failure -> failure : FAILURE_MALFORMED); c_send_close(1); c_arm_timer(T_Close) }
	:: ev == PingReceived -> /* open/ping/pong WSP-FRAME-05 */
		d_step { c_send_pong() }
#if defined(FAULT_CLOSE_UNEXPECTED) /* TOTAL: the client does not know that a peer may close */
	:: ev == PeerClosed -> /* misuse */
		must(TOTAL, false)
#else
	:: ev == PeerClosed -> /* open/peer-closed/draining WSP-FRAME-06 */
		d_step { c_phase = C_Draining; c_plan_close = 1; c_plan = PLAN_CLOSE; c_send_close(0); c_arm_timer(T_Close) }
#endif
	:: ev == ConnectionLost -> /* open/lost/done KHP-CLOSE-01 */
		d_step { c_phase = C_Done; c_stop_timers(); c_disconnect(); c_closed() }
	:: ev == SendRequested -> /* open/send/send KHP-GEN-05 */
		d_step { c_send_message() }
	:: ev == CloseRequested -> /* open/close/close LIV-11 */
		d_step { c_phase = C_Closing; c_plan_close = 1; c_plan = PLAN_CLOSE; c_send_close(0); c_arm_timer(T_Close) }
	:: ev == BodyWritten || ev == CredentialsSupplied || ev == CredentialsDeclined || ev == TimerExpired_Opening || ev == TimerExpired_Response || ev == TimerExpired_Wait || ev == TimerExpired_Credentials || ev == TimerExpired_Overall || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for messages, without KHP. */
inline client_in_plain() {
	if
	:: ev == DataReceived -> /* plain/data/deliver KHP-GEN-05 */
		d_step { c_deliver() }
	:: ev == TerminatorReceived -> /* plain/terminator/deliver KHP-OPEN-05 */
		d_step { c_deliver() }
	:: ev == Violation -> /* plain/violation/close WSP-CLOSE-02 WSP-FRAME-04 */
		d_step { c_phase = C_Closing; c_plan_close = 1; c_plan = PLAN_CLOSE; c_failure = (failure -> failure : FAILURE_MALFORMED); c_send_close(1); c_arm_timer(T_Close) }
	:: ev == PingReceived -> /* plain/ping/pong WSP-FRAME-05 */
		d_step { c_send_pong() }
	:: ev == PeerClosed -> /* plain/peer-closed/draining WSP-FRAME-06 */
		d_step { c_phase = C_Draining; c_plan_close = 1; c_plan = PLAN_CLOSE; c_send_close(0); c_arm_timer(T_Close) }
	:: ev == ConnectionLost -> /* plain/lost/done KHP-CLOSE-01 */
		d_step { c_phase = C_Done; c_stop_timers(); c_disconnect(); c_closed() }
	:: ev == SendRequested -> /* plain/send/send KHP-GEN-05 */
		d_step { c_send_message() }
	:: ev == CloseRequested -> /* plain/close/close LIV-11 */
		d_step { c_phase = C_Closing; c_plan_close = 1; c_plan = PLAN_CLOSE; c_send_close(0); c_arm_timer(T_Close) }
	:: ev == BodyWritten || ev == CredentialsSupplied || ev == CredentialsDeclined || ev == TimerExpired_Opening || ev == TimerExpired_Response || ev == TimerExpired_Wait || ev == TimerExpired_Credentials || ev == TimerExpired_Overall || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for the peer's Close, after ours. */
inline client_in_closing() {
	if
	:: ev == Violation && c_plan_fail -> /* closing/violation/failed KHP-CLOSE-02 */
		d_step { c_phase = C_Failed; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Violation && c_plan_close && !c_plan_fail -> /* closing/violation/done LIV-07 */
		d_step { c_phase = C_Done; c_stop_timers(); c_disconnect(); c_closed() }
	:: ev == Violation && !c_plan_fail && !c_plan_close -> /* closing/violation/follow KHP-REDIR-02 KHP-REDIR-03 */
		d_step { c_phase = C_Redirecting; c_stop_timers(); c_disconnect(); c_follow() }
	:: ev == PingReceived && c_plan_fail -> /* ignored */
		skip
	:: ev == PingReceived && !c_plan_fail -> /* closing/ping/pong WSP-FRAME-05 */
		d_step { c_send_pong() }
#if defined(FAULT_SECOND_CLOSE) /* WSP-FRAME-06: the client answers the answer to its Close */
	:: ev == PeerClosed -> /* closing/peer-closed/draining WSP-CLOSE-01 */
		d_step { c_phase = C_Draining; c_send_close(0) }
#else
	:: ev == PeerClosed -> /* closing/peer-closed/draining WSP-CLOSE-01 */
		d_step { c_phase = C_Draining }
#endif
#if defined(FAULT_NO_END) /* INV-05: the client forgets to tell that it failed */
	:: ev == ConnectionLost && c_plan_fail -> /* closing/lost/failed KHP-CLOSE-02 */
		d_step { c_phase = C_Failed; c_stop_timers(); c_disconnect() }
	:: ev == ConnectionLost && c_plan_close && !c_plan_fail -> /* closing/lost/done LIV-07 */
		d_step { c_phase = C_Done; c_stop_timers(); c_disconnect(); c_closed() }
	:: ev == ConnectionLost && !c_plan_fail && !c_plan_close -> /* closing/lost/follow KHP-REDIR-02 KHP-REDIR-03 */
		d_step { c_phase = C_Redirecting; c_stop_timers(); c_disconnect(); c_follow() }
#elif defined(FAULT_TWO_ENDS) /* INV-05: the client tells its end twice */
	:: ev == ConnectionLost && c_plan_fail -> /* closing/lost/failed KHP-CLOSE-02 */
		d_step { c_phase = C_Failed; c_stop_timers(); c_disconnect(); c_fail(); c_closed() }
	:: ev == ConnectionLost && c_plan_close && !c_plan_fail -> /* closing/lost/done LIV-07 */
		d_step { c_phase = C_Done; c_stop_timers(); c_disconnect(); c_closed() }
	:: ev == ConnectionLost && !c_plan_fail && !c_plan_close -> /* closing/lost/follow KHP-REDIR-02 KHP-REDIR-03 */
		d_step { c_phase = C_Redirecting; c_stop_timers(); c_disconnect(); c_follow() }
#else
	:: ev == ConnectionLost && c_plan_fail -> /* closing/lost/failed KHP-CLOSE-02 */
		d_step { c_phase = C_Failed; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == ConnectionLost && c_plan_close && !c_plan_fail -> /* closing/lost/done LIV-07 */
		d_step { c_phase = C_Done; c_stop_timers(); c_disconnect(); c_closed() }
	:: ev == ConnectionLost && !c_plan_fail && !c_plan_close -> /* closing/lost/follow KHP-REDIR-02 KHP-REDIR-03 */
		d_step { c_phase = C_Redirecting; c_stop_timers(); c_disconnect(); c_follow() }
#endif
	:: ev == TimerExpired_Close && c_plan_fail -> /* closing/close-timer/failed KHP-CLOSE-02 */
		d_step { c_phase = C_Failed; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == TimerExpired_Close && c_plan_close && !c_plan_fail -> /* closing/close-timer/done LIV-07 */
		d_step { c_phase = C_Done; c_stop_timers(); c_disconnect(); c_closed() }
	:: ev == TimerExpired_Close && !c_plan_fail && !c_plan_close -> /* closing/close-timer/follow KHP-REDIR-02 KHP-REDIR-03 */
		d_step { c_phase = C_Redirecting; c_stop_timers(); c_disconnect(); c_follow() }
	:: ev == CloseRequested && c_plan_fail -> /* ignored */
		skip
	:: ev == CloseRequested && c_plan_close && !c_plan_fail -> /* ignored */
		skip
	:: ev == CloseRequested && !c_plan_fail && !c_plan_close -> /* closing/close/give-up LIV-11 */
		d_step { c_plan_close = 1; c_plan = PLAN_CLOSE }
	:: ev == DataReceived || ev == TerminatorReceived || ev == BodyWritten || ev == CredentialsSupplied || ev == CredentialsDeclined || ev == TimerExpired_Opening || ev == TimerExpired_Response || ev == TimerExpired_Wait || ev == TimerExpired_Credentials || ev == TimerExpired_Overall -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for the host to go on. */
inline client_in_redirecting() {
	if
	:: ev == ConnectRequested && has(F_TARGET_USABLE) -> /* redirecting/connect/dial KHP-REDIR-03 WSP-OPEN-07 */
		d_step { c_new_connection(); c_phase = C_Connecting; c_dial(); c_arm_timer(T_Opening) }
	:: ev == ConnectRequested && !has(F_TARGET_USABLE) -> /* redirecting/connect/url WSP-URI-01 */
		d_step { c_phase = C_Failed; c_failure = FAILURE_U_R_L; c_fail() }
	:: ev == CloseRequested -> /* redirecting/close/done LIV-11 */
		d_step { c_phase = C_Done; c_closed() }
	:: ev == DataReceived || ev == TerminatorReceived || ev == Violation || ev == BodyWritten || ev == CredentialsSupplied || ev == CredentialsDeclined || ev == PingReceived || ev == PeerClosed || ev == ConnectionLost || ev == TimerExpired_Opening || ev == TimerExpired_Response || ev == TimerExpired_Wait || ev == TimerExpired_Credentials || ev == TimerExpired_Overall || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for the end of TCP. */
inline client_in_draining() {
	if
	:: ev == Violation && c_plan_fail -> /* draining/violation/failed KHP-CLOSE-02 */
		d_step { c_phase = C_Failed; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == Violation && c_plan_close && !c_plan_fail -> /* draining/violation/done LIV-07 */
		d_step { c_phase = C_Done; c_stop_timers(); c_disconnect(); c_closed() }
	:: ev == Violation && !c_plan_fail && !c_plan_close -> /* draining/violation/follow KHP-REDIR-02 KHP-REDIR-03 */
		d_step { c_phase = C_Redirecting; c_stop_timers(); c_disconnect(); c_follow() }
	:: ev == ConnectionLost && c_plan_fail -> /* draining/lost/failed KHP-CLOSE-02 */
		d_step { c_phase = C_Failed; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == ConnectionLost && c_plan_close && !c_plan_fail -> /* draining/lost/done LIV-07 */
		d_step { c_phase = C_Done; c_stop_timers(); c_disconnect(); c_closed() }
	:: ev == ConnectionLost && !c_plan_fail && !c_plan_close -> /* draining/lost/follow KHP-REDIR-02 KHP-REDIR-03 */
		d_step { c_phase = C_Redirecting; c_stop_timers(); c_disconnect(); c_follow() }
	:: ev == TimerExpired_Close && c_plan_fail -> /* draining/close-timer/failed KHP-CLOSE-02 */
		d_step { c_phase = C_Failed; c_stop_timers(); c_disconnect(); c_fail() }
	:: ev == TimerExpired_Close && c_plan_close && !c_plan_fail -> /* draining/close-timer/done LIV-07 */
		d_step { c_phase = C_Done; c_stop_timers(); c_disconnect(); c_closed() }
	:: ev == TimerExpired_Close && !c_plan_fail && !c_plan_close -> /* draining/close-timer/follow KHP-REDIR-02 KHP-REDIR-03 */
		d_step { c_phase = C_Redirecting; c_stop_timers(); c_disconnect(); c_follow() }
	:: ev == CloseRequested && c_plan_fail -> /* ignored */
		skip
	:: ev == CloseRequested && c_plan_close && !c_plan_fail -> /* ignored */
		skip
	:: ev == CloseRequested && !c_plan_fail && !c_plan_close -> /* draining/close/give-up LIV-11 */
		d_step { c_plan_close = 1; c_plan = PLAN_CLOSE }
	:: ev == DataReceived || ev == TerminatorReceived || ev == BodyWritten || ev == CredentialsSupplied || ev == CredentialsDeclined || ev == PingReceived || ev == PeerClosed || ev == TimerExpired_Opening || ev == TimerExpired_Response || ev == TimerExpired_Wait || ev == TimerExpired_Credentials || ev == TimerExpired_Overall -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* terminal: failed. */
inline client_in_failed() {
	if
	:: ev == Connected || ev == ConnectFailed || ev == DataReceived || ev == TerminatorReceived || ev == Violation || ev == BodyWritten || ev == CredentialsSupplied || ev == CredentialsDeclined || ev == PingReceived || ev == PeerClosed || ev == ConnectionLost || ev == TimerExpired_Opening || ev == TimerExpired_Response || ev == TimerExpired_Wait || ev == TimerExpired_Credentials || ev == TimerExpired_Overall || ev == TimerExpired_Close || ev == CloseRequested -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* terminal: ended as asked. */
inline client_in_done() {
	if
	:: ev == Connected || ev == ConnectFailed || ev == DataReceived || ev == TerminatorReceived || ev == Violation || ev == BodyWritten || ev == CredentialsSupplied || ev == CredentialsDeclined || ev == PingReceived || ev == PeerClosed || ev == ConnectionLost || ev == TimerExpired_Opening || ev == TimerExpired_Response || ev == TimerExpired_Wait || ev == TimerExpired_Credentials || ev == TimerExpired_Overall || ev == TimerExpired_Close || ev == CloseRequested -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

inline client_step() {
	if
	:: c_phase == C_Idle -> client_in_idle()
	:: c_phase == C_Connecting -> client_in_connecting()
	:: c_phase == C_AwaitLogin -> client_in_await_login()
	:: c_phase == C_Opening -> client_in_opening()
	:: c_phase == C_AwaitProceed -> client_in_await_proceed()
	:: c_phase == C_AwaitConfirm -> client_in_await_confirm()
	:: c_phase == C_AwaitResponse -> client_in_await_response()
	:: c_phase == C_AwaitCredentials -> client_in_await_credentials()
	:: c_phase == C_Reading -> client_in_reading()
	:: c_phase == C_SendingBody -> client_in_sending_body()
	:: c_phase == C_Open -> client_in_open()
	:: c_phase == C_Plain -> client_in_plain()
	:: c_phase == C_Closing -> client_in_closing()
	:: c_phase == C_Redirecting -> client_in_redirecting()
	:: c_phase == C_Draining -> client_in_draining()
	:: c_phase == C_Failed -> client_in_failed()
	:: c_phase == C_Done -> client_in_done()
	fi
}

/* The table of the server. */

/* for the opening request. */
inline server_in_opening() {
	if
#if defined(FAULT_DECIDE_ON_NOTHING) /* INV-41: the server asks for a decision before there is a request */
	:: ev == OpeningRequest && has(F_KHP_SELECTED) && has(F_KL_Y_ASKED) && has(F_VALID) -> /* opening/opening-request/await-request-kaazing KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04 */
		d_step { s_phase = S_AwaitRequest; s_kaazing = 1; s_send_opening(); s_send_proceed(); s_arm_timer(T_Request); s_arm_timer(T_Overall) }
	:: ev == OpeningRequest && has(F_KHP_SELECTED) && has(F_VALID) && !has(F_KL_Y_ASKED) -> /* opening/opening-request/await-request KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04 */
		d_step { s_phase = S_AwaitRequest; s_send_opening(); s_arm_timer(T_Request); s_arm_timer(T_Overall); s_ask_decision() }
	:: ev == OpeningRequest && has(F_VALID) && SERVE_PLAIN && !has(F_KHP_SELECTED) -> /* opening/opening-request/plain KHP-OPEN-05 WSP-OPEN-08 */
		d_step { s_phase = S_Plain; s_was_open = 1; s_send_opening(); s_open_plain() }
	:: ev == OpeningRequest && has(F_VALID) && !has(F_KHP_SELECTED) && !SERVE_PLAIN -> /* opening/opening-request/not-selected KHP-OPEN-03 */
		d_step { s_phase = S_Done; s_failure = FAILURE_NOT_SELECTED; s_status = 400; s_refuse_opening(400); s_disconnect(); s_fail() }
	:: ev == OpeningRequest && !has(F_VALID) -> /* opening/opening-request/opening KHP-OPEN-03 */
		d_step { s_phase = S_Done; s_failure = FAILURE_OPENING; s_status = status; s_refuse_opening(s_status); s_disconnect(); s_fail() }
#else
	:: ev == OpeningRequest && has(F_KHP_SELECTED) && has(F_KL_Y_ASKED) && has(F_VALID) -> /* opening/opening-request/await-request-kaazing KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04 */
		d_step { s_phase = S_AwaitRequest; s_kaazing = 1; s_send_opening(); s_send_proceed(); s_arm_timer(T_Request); s_arm_timer(T_Overall) }
	:: ev == OpeningRequest && has(F_KHP_SELECTED) && has(F_VALID) && !has(F_KL_Y_ASKED) -> /* opening/opening-request/await-request KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04 */
		d_step { s_phase = S_AwaitRequest; s_send_opening(); s_arm_timer(T_Request); s_arm_timer(T_Overall) }
	:: ev == OpeningRequest && has(F_VALID) && SERVE_PLAIN && !has(F_KHP_SELECTED) -> /* opening/opening-request/plain KHP-OPEN-05 WSP-OPEN-08 */
		d_step { s_phase = S_Plain; s_was_open = 1; s_send_opening(); s_open_plain() }
	:: ev == OpeningRequest && has(F_VALID) && !has(F_KHP_SELECTED) && !SERVE_PLAIN -> /* opening/opening-request/not-selected KHP-OPEN-03 */
		d_step { s_phase = S_Done; s_failure = FAILURE_NOT_SELECTED; s_status = 400; s_refuse_opening(400); s_disconnect(); s_fail() }
	:: ev == OpeningRequest && !has(F_VALID) -> /* opening/opening-request/opening KHP-OPEN-03 */
		d_step { s_phase = S_Done; s_failure = FAILURE_OPENING; s_status = status; s_refuse_opening(s_status); s_disconnect(); s_fail() }
#endif
	:: ev == Violation -> /* opening/violation/failed KHP-OPEN-03 */
		d_step { s_phase = S_Done; s_failure = (failure -> failure : FAILURE_MALFORMED); s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == ConnectionLost -> /* opening/lost/connection-lost KHP-CLOSE-01 */
		d_step { s_phase = S_Done; s_failure = FAILURE_CONNECTION_LOST; s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == CloseRequested -> /* opening/close/shutdown LIV-11 */
		d_step { s_phase = S_Done; s_failure = FAILURE_SHUTDOWN; s_status = 503; s_refuse_opening(503); s_disconnect(); s_fail() }
	:: ev == TimerExpired_Request || ev == TimerExpired_Body || ev == TimerExpired_Replay || ev == TimerExpired_Overall || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for the extended request. */
inline server_in_await_request() {
	if
	:: ev == Request && has(F_EXTENSION_OF_THE_OPENING_AGAIN) -> /* await-request/request/malformed KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-RSP-02 KHP-EXT-RSP-03 KHP-EXT-RSP-04 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_MALFORMED; s_status = 400; s_send_response(400); s_send_terminator(); s_send_close(1002); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Request && has(F_EXPECT_WITH_BODY_OUTSTANDING) && !has(F_EXTENSION_OF_THE_OPENING_AGAIN) -> /* await-request/request/continue KHP-STATUS-100-01 */
		d_step { s_phase = S_AwaitBody; s_status = 100; s_stop_timer(T_Request); s_send_response(100); s_send_terminator(); s_arm_timer(T_Body) }
	:: ev == Request && !has(F_EXTENSION_OF_THE_OPENING_AGAIN) && !has(F_EXPECT_WITH_BODY_OUTSTANDING) -> /* await-request/request/decide KHP-EXT-RSP-01 */
		d_step { s_phase = S_Deciding; s_stop_timer(T_Request); s_ask_decision() }
	:: ev == BadRequest -> /* await-request/bad-request/malformed KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-03 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_MALFORMED; s_status = status; s_send_response(s_status); s_send_terminator(); s_send_close(1002); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == DataReceived -> /* await-request/data/unexpected-message KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-02 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_UNEXPECTED_MESSAGE; s_status = 400; s_send_response(400); s_send_terminator(); s_send_close(1002); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Violation -> /* await-request/violation/failed WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01 */
		d_step { s_phase = S_Done; s_failure = (failure -> failure : FAILURE_MALFORMED); s_send_close(1); s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == PingReceived -> /* await-request/ping/pong WSP-FRAME-05 */
		d_step { s_send_pong() }
	:: ev == PeerClosed -> /* await-request/peer-closed/peer-closed WSP-FRAME-06 */
		d_step { s_phase = S_Done; s_failure = FAILURE_PEER_CLOSED; s_send_close(0); s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == ConnectionLost -> /* await-request/lost/connection-lost KHP-CLOSE-01 */
		d_step { s_phase = S_Done; s_failure = FAILURE_CONNECTION_LOST; s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == TimerExpired_Request -> /* await-request/request-timer/timeout KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-408-01 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_TIMEOUT; s_status = 408; s_send_response(408); s_send_terminator(); s_send_close(1008); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == TimerExpired_Overall -> /* await-request/overall-timer/timeout KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-408-01 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_TIMEOUT; s_status = 408; s_send_response(408); s_send_terminator(); s_send_close(1008); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == CloseRequested -> /* await-request/close/shutdown KHP-EXT-RSP-01 KHP-EXT-RSP-14 LIV-11 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_SHUTDOWN; s_status = 503; s_send_response(503); s_send_terminator(); s_send_close(1001); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == TimerExpired_Body || ev == TimerExpired_Replay || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for the body, after 100. */
inline server_in_await_body() {
	if
	:: ev == BadRequest -> /* await-body/bad-request/malformed KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-03 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_MALFORMED; s_status = status; s_send_response(s_status); s_send_terminator(); s_send_close(1002); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == BodyReceived -> /* await-body/body/decide KHP-STATUS-100-01 RFC2068-100-04 */
		d_step { s_phase = S_Deciding; s_stop_timer(T_Body); s_ask_decision() }
	:: ev == DataReceived -> /* await-body/data/more KHP-EXT-03 */
		skip
	:: ev == Violation -> /* await-body/violation/failed WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01 */
		d_step { s_phase = S_Done; s_failure = (failure -> failure : FAILURE_MALFORMED); s_send_close(1); s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == PingReceived -> /* await-body/ping/pong WSP-FRAME-05 */
		d_step { s_send_pong() }
	:: ev == PeerClosed -> /* await-body/peer-closed/peer-closed WSP-FRAME-06 */
		d_step { s_phase = S_Done; s_failure = FAILURE_PEER_CLOSED; s_send_close(0); s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == ConnectionLost -> /* await-body/lost/connection-lost KHP-CLOSE-01 */
		d_step { s_phase = S_Done; s_failure = FAILURE_CONNECTION_LOST; s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == TimerExpired_Body -> /* await-body/body-timer/timeout KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-408-01 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_TIMEOUT; s_status = 408; s_send_response(408); s_send_terminator(); s_send_close(1008); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == TimerExpired_Overall -> /* await-body/overall-timer/timeout KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-408-01 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_TIMEOUT; s_status = 408; s_send_response(408); s_send_terminator(); s_send_close(1008); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == CloseRequested -> /* await-body/close/shutdown KHP-EXT-RSP-01 KHP-EXT-RSP-14 LIV-11 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_SHUTDOWN; s_status = 503; s_send_response(503); s_send_terminator(); s_send_close(1001); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == TimerExpired_Request || ev == TimerExpired_Replay || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for the replay, after 401. */
inline server_in_await_replay() {
	if
	:: ev == Request && has(F_EXTENSION_OF_THE_OPENING_AGAIN) -> /* await-replay/request/malformed KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-RSP-02 KHP-EXT-RSP-03 KHP-EXT-RSP-04 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_MALFORMED; s_status = 400; s_send_response(400); s_send_terminator(); s_send_close(1002); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Request && has(F_EXPECT_WITH_BODY_OUTSTANDING) && !has(F_EXTENSION_OF_THE_OPENING_AGAIN) -> /* await-replay/request/continue KHP-STATUS-100-01 */
		d_step { s_phase = S_AwaitBody; s_status = 100; s_stop_timer(T_Replay); s_resume_timer(T_Overall); s_send_response(100); s_send_terminator(); s_arm_timer(T_Body) }
	:: ev == Request && !has(F_EXTENSION_OF_THE_OPENING_AGAIN) && !has(F_EXPECT_WITH_BODY_OUTSTANDING) -> /* await-replay/request/decide KHP-EXT-RSP-01 */
		d_step { s_phase = S_Deciding; s_stop_timer(T_Replay); s_resume_timer(T_Overall); s_ask_decision() }
	:: ev == BadRequest -> /* await-replay/bad-request/malformed KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-03 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_MALFORMED; s_status = status; s_send_response(s_status); s_send_terminator(); s_send_close(1002); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == DataReceived -> /* await-replay/data/unexpected-message KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-02 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_UNEXPECTED_MESSAGE; s_status = 400; s_send_response(400); s_send_terminator(); s_send_close(1002); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Violation -> /* await-replay/violation/failed WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01 */
		d_step { s_phase = S_Done; s_failure = (failure -> failure : FAILURE_MALFORMED); s_send_close(1); s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == PingReceived -> /* await-replay/ping/pong WSP-FRAME-05 */
		d_step { s_send_pong() }
	:: ev == PeerClosed -> /* await-replay/peer-closed/peer-closed WSP-FRAME-06 */
		d_step { s_phase = S_Done; s_failure = FAILURE_PEER_CLOSED; s_send_close(0); s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == ConnectionLost -> /* await-replay/lost/connection-lost KHP-CLOSE-01 */
		d_step { s_phase = S_Done; s_failure = FAILURE_CONNECTION_LOST; s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == TimerExpired_Replay -> /* await-replay/replay-timer/timeout KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-STATUS-401-03 RFC2068-408-01 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_TIMEOUT; s_status = 408; s_send_response(408); s_send_terminator(); s_send_close(1008); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == CloseRequested -> /* await-replay/close/shutdown KHP-EXT-RSP-01 KHP-EXT-RSP-14 LIV-11 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_SHUTDOWN; s_status = 503; s_send_response(503); s_send_terminator(); s_send_close(1001); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Decided_Complete || ev == Decided_Continue || ev == Decided_Wait || ev == Decided_Replay || ev == Decided_Close || ev == ApplicationFailed || ev == TimerExpired_Request || ev == TimerExpired_Body || ev == TimerExpired_Overall || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for the application's decision. */
inline server_in_deciding() {
	if
	:: ev == DataReceived -> /* deciding/data/unexpected-message KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-02 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_UNEXPECTED_MESSAGE; s_status = 400; s_send_response(400); s_send_terminator(); s_send_close(1002); s_stop_timers(); s_arm_timer(T_Close) }
#if defined(FAULT_NO_TERMINATOR) /* INV-42: the server accepts without a terminator */
	:: ev == Decided_Complete && has(F_SELECTION_VALID) && has(F_REROUTE) && s_kaazing -> /* deciding/accept/reroute KHP-EXT-RSP-14 */
		d_step { s_phase = S_Closing; s_was_open = 1; s_status = status; s_send_response(s_status); s_send_terminator(); s_send_reroute(); s_send_close(1000); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Decided_Complete && has(F_SELECTION_VALID) && s_kaazing && !has(F_REROUTE) -> /* deciding/accept/open-kaazing KHP-EXT-RSP-14 */
		d_step { s_phase = S_Open; s_was_open = 1; s_status = status; s_send_response(s_status); s_send_terminator(); s_send_proceed(); s_stop_timers(); s_complete() }
	:: ev == Decided_Complete && has(F_REROUTE) && (!has(F_SELECTION_VALID) || !s_kaazing) && (!has(F_SELECTION_VALID) || !s_kaazing) -> /* misuse */
		must(TOTAL, false)
	:: ev == Decided_Complete && has(F_SELECTION_VALID) && !s_kaazing && !has(F_REROUTE) -> /* deciding/accept/open KHP-EXT-RSP-01 KHP-EXT-RSP-07 KHP-EXT-RSP-09 KHP-EXT-RSP-14 */
		d_step { s_phase = S_Open; s_was_open = 1; s_status = status; s_send_response(s_status); s_stop_timers(); s_complete() }
	:: ev == Decided_Complete && !has(F_REROUTE) && !has(F_SELECTION_VALID) -> /* misuse */
		must(TOTAL, false)
#else
	:: ev == Decided_Complete && has(F_SELECTION_VALID) && has(F_REROUTE) && s_kaazing -> /* deciding/accept/reroute KHP-EXT-RSP-14 */
		d_step { s_phase = S_Closing; s_was_open = 1; s_status = status; s_send_response(s_status); s_send_terminator(); s_send_reroute(); s_send_close(1000); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Decided_Complete && has(F_SELECTION_VALID) && s_kaazing && !has(F_REROUTE) -> /* deciding/accept/open-kaazing KHP-EXT-RSP-14 */
		d_step { s_phase = S_Open; s_was_open = 1; s_status = status; s_send_response(s_status); s_send_terminator(); s_send_proceed(); s_stop_timers(); s_complete() }
	:: ev == Decided_Complete && has(F_REROUTE) && (!has(F_SELECTION_VALID) || !s_kaazing) && (!has(F_SELECTION_VALID) || !s_kaazing) -> /* misuse */
		must(TOTAL, false)
	:: ev == Decided_Complete && has(F_SELECTION_VALID) && !s_kaazing && !has(F_REROUTE) -> /* deciding/accept/open KHP-EXT-RSP-01 KHP-EXT-RSP-07 KHP-EXT-RSP-09 KHP-EXT-RSP-14 */
		d_step { s_phase = S_Open; s_was_open = 1; s_status = status; s_send_response(s_status); s_send_terminator(); s_stop_timers(); s_complete() }
	:: ev == Decided_Complete && !has(F_REROUTE) && !has(F_SELECTION_VALID) -> /* misuse */
		must(TOTAL, false)
#endif
	:: ev == Decided_Continue && UNCHECKED -> /* deciding/100/status KHP-EXT-RSP-01 KHP-EXT-RSP-14 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_STATUS; s_status = status; s_send_response(s_status); s_send_terminator(); s_send_close(1000); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Decided_Continue && !UNCHECKED -> /* misuse */
		must(TOTAL, false)
	:: ev == Decided_Wait && (s_interim < MAX_DEFERRALS) -> /* deciding/202/wait KHP-STATUS-202-01 KHP-EXT-RSP-14 */
		d_step { s_phase = S_Pending; s_interim++; s_status = 202; s_send_response(202); s_send_terminator() }
	:: ev == Decided_Wait && !(s_interim < MAX_DEFERRALS) -> /* misuse */
		must(TOTAL, false)
	:: ev == Decided_Replay && !OBLIGATIONS_MET -> /* misuse */
		must(TOTAL, false)
	:: ev == Decided_Replay && (s_replays < MAX_CHALLENGES) && OBLIGATIONS_MET -> /* deciding/401/await-replay KHP-STATUS-401-03 KHP-STATUS-401-04 KHP-EXT-RSP-14 */
		d_step { s_phase = S_AwaitReplay; s_replays++; s_status = 401; s_send_response(401); s_send_terminator(); s_pause_timer(T_Overall); s_arm_timer(T_Replay) }
	:: ev == Decided_Replay && OBLIGATIONS_MET && !(s_replays < MAX_CHALLENGES) -> /* deciding/401/auth-limit KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-STATUS-401-03 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_AUTH_LIMIT; s_status = 403; s_send_response(403); s_send_terminator(); s_send_close(1000); s_stop_timers(); s_arm_timer(T_Close) }
#if defined(FAULT_ANSWER_AFTER_CLOSE) /* INV-40: the server sends Close before its refusal */
	:: ev == Decided_Close && OBLIGATIONS_MET -> /* deciding/refusal/status KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-CLASS-3XX-01 KHP-REDIR-01 KHP-REDIR-06 KHP-EXT-RSP-13 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_STATUS; s_status = status; s_send_close(1000); s_send_response(s_status); s_send_terminator(); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Decided_Close && !OBLIGATIONS_MET -> /* misuse */
		must(TOTAL, false)
#else
	:: ev == Decided_Close && OBLIGATIONS_MET -> /* deciding/refusal/status KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-CLASS-3XX-01 KHP-REDIR-01 KHP-REDIR-06 KHP-EXT-RSP-13 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_STATUS; s_status = status; s_send_response(s_status); s_send_terminator(); s_send_close(1000); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Decided_Close && !OBLIGATIONS_MET -> /* misuse */
		must(TOTAL, false)
#endif
	:: ev == ApplicationFailed -> /* deciding/application-failure/application KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-CLASS-5XX-01 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_APPLICATION; s_status = 500; s_send_response(500); s_send_terminator(); s_send_close(1011); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Violation -> /* deciding/violation/failed WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01 */
		d_step { s_phase = S_Done; s_failure = (failure -> failure : FAILURE_MALFORMED); s_send_close(1); s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == PingReceived -> /* deciding/ping/pong WSP-FRAME-05 */
		d_step { s_send_pong() }
	:: ev == PeerClosed -> /* deciding/peer-closed/peer-closed WSP-FRAME-06 */
		d_step { s_phase = S_Done; s_failure = FAILURE_PEER_CLOSED; s_send_close(0); s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == ConnectionLost -> /* deciding/lost/connection-lost KHP-CLOSE-01 */
		d_step { s_phase = S_Done; s_failure = FAILURE_CONNECTION_LOST; s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == TimerExpired_Overall -> /* deciding/overall-timer/timeout KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-202-02 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_TIMEOUT; s_status = 503; s_send_response(503); s_send_terminator(); s_send_close(1008); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == CloseRequested -> /* deciding/close/shutdown KHP-EXT-RSP-01 KHP-EXT-RSP-14 LIV-11 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_SHUTDOWN; s_status = 503; s_send_response(503); s_send_terminator(); s_send_close(1001); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == TimerExpired_Request || ev == TimerExpired_Body || ev == TimerExpired_Replay || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for the decision, after 202. */
inline server_in_pending() {
	if
	:: ev == DataReceived -> /* pending/data/unexpected-message KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-EXT-02 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_UNEXPECTED_MESSAGE; s_status = 400; s_send_response(400); s_send_terminator(); s_send_close(1002); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Decided_Complete && has(F_SELECTION_VALID) && has(F_REROUTE) && s_kaazing -> /* pending/accept/reroute KHP-EXT-RSP-14 */
		d_step { s_phase = S_Closing; s_was_open = 1; s_status = status; s_send_response(s_status); s_send_terminator(); s_send_reroute(); s_send_close(1000); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Decided_Complete && has(F_SELECTION_VALID) && s_kaazing && !has(F_REROUTE) -> /* pending/accept/open-kaazing KHP-EXT-RSP-14 */
		d_step { s_phase = S_Open; s_was_open = 1; s_status = status; s_send_response(s_status); s_send_terminator(); s_send_proceed(); s_stop_timers(); s_complete() }
	:: ev == Decided_Complete && has(F_REROUTE) && (!has(F_SELECTION_VALID) || !s_kaazing) && (!has(F_SELECTION_VALID) || !s_kaazing) -> /* misuse */
		must(TOTAL, false)
	:: ev == Decided_Complete && has(F_SELECTION_VALID) && !s_kaazing && !has(F_REROUTE) -> /* pending/accept/open KHP-EXT-RSP-01 KHP-EXT-RSP-07 KHP-EXT-RSP-09 KHP-EXT-RSP-14 */
		d_step { s_phase = S_Open; s_was_open = 1; s_status = status; s_send_response(s_status); s_send_terminator(); s_stop_timers(); s_complete() }
	:: ev == Decided_Complete && !has(F_REROUTE) && !has(F_SELECTION_VALID) -> /* misuse */
		must(TOTAL, false)
	:: ev == Decided_Continue && UNCHECKED -> /* pending/100/status KHP-EXT-RSP-01 KHP-EXT-RSP-14 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_STATUS; s_status = status; s_send_response(s_status); s_send_terminator(); s_send_close(1000); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Decided_Continue && !UNCHECKED -> /* misuse */
		must(TOTAL, false)
	:: ev == Decided_Wait && (s_interim < MAX_DEFERRALS) -> /* pending/202/wait KHP-STATUS-202-01 KHP-EXT-RSP-14 */
		d_step { s_interim++; s_status = 202; s_send_response(202); s_send_terminator() }
	:: ev == Decided_Wait && !(s_interim < MAX_DEFERRALS) -> /* misuse */
		must(TOTAL, false)
	:: ev == Decided_Replay && !OBLIGATIONS_MET -> /* misuse */
		must(TOTAL, false)
	:: ev == Decided_Replay && (s_replays < MAX_CHALLENGES) && OBLIGATIONS_MET -> /* pending/401/await-replay KHP-STATUS-401-03 KHP-STATUS-401-04 KHP-EXT-RSP-14 */
		d_step { s_phase = S_AwaitReplay; s_replays++; s_status = 401; s_send_response(401); s_send_terminator(); s_pause_timer(T_Overall); s_arm_timer(T_Replay) }
	:: ev == Decided_Replay && OBLIGATIONS_MET && !(s_replays < MAX_CHALLENGES) -> /* pending/401/auth-limit KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-STATUS-401-03 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_AUTH_LIMIT; s_status = 403; s_send_response(403); s_send_terminator(); s_send_close(1000); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Decided_Close && OBLIGATIONS_MET -> /* pending/refusal/status KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-CLASS-3XX-01 KHP-REDIR-01 KHP-REDIR-06 KHP-EXT-RSP-13 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_STATUS; s_status = status; s_send_response(s_status); s_send_terminator(); s_send_close(1000); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Decided_Close && !OBLIGATIONS_MET -> /* misuse */
		must(TOTAL, false)
	:: ev == ApplicationFailed -> /* pending/application-failure/application KHP-EXT-RSP-01 KHP-EXT-RSP-14 KHP-CLASS-5XX-01 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_APPLICATION; s_status = 500; s_send_response(500); s_send_terminator(); s_send_close(1011); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == Violation -> /* pending/violation/failed WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01 */
		d_step { s_phase = S_Done; s_failure = (failure -> failure : FAILURE_MALFORMED); s_send_close(1); s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == PingReceived -> /* pending/ping/pong WSP-FRAME-05 */
		d_step { s_send_pong() }
	:: ev == PeerClosed -> /* pending/peer-closed/peer-closed WSP-FRAME-06 */
		d_step { s_phase = S_Done; s_failure = FAILURE_PEER_CLOSED; s_send_close(0); s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == ConnectionLost -> /* pending/lost/connection-lost KHP-CLOSE-01 */
		d_step { s_phase = S_Done; s_failure = FAILURE_CONNECTION_LOST; s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == TimerExpired_Overall -> /* pending/overall-timer/timeout KHP-EXT-RSP-01 KHP-EXT-RSP-14 RFC2068-202-02 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_TIMEOUT; s_status = 503; s_send_response(503); s_send_terminator(); s_send_close(1008); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == CloseRequested -> /* pending/close/shutdown KHP-EXT-RSP-01 KHP-EXT-RSP-14 LIV-11 */
		d_step { s_phase = S_Closing; s_failure = FAILURE_SHUTDOWN; s_status = 503; s_send_response(503); s_send_terminator(); s_send_close(1001); s_stop_timers(); s_arm_timer(T_Close) }
	:: ev == TimerExpired_Request || ev == TimerExpired_Body || ev == TimerExpired_Replay || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for messages, without KHP. */
inline server_in_plain() {
	if
	:: ev == DataReceived -> /* plain/data/deliver KHP-GEN-05 */
		d_step { s_deliver() }
	:: ev == Violation -> /* plain/violation/closed WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01 */
		d_step { s_phase = S_Done; s_failure = (failure -> failure : FAILURE_MALFORMED); s_send_close(1); s_stop_timers(); s_disconnect(); s_closed() }
	:: ev == PingReceived -> /* plain/ping/pong WSP-FRAME-05 */
		d_step { s_send_pong() }
	:: ev == PeerClosed -> /* plain/peer-closed/closed WSP-FRAME-06 WSP-CLOSE-01 */
		d_step { s_phase = S_Done; s_send_close(0); s_stop_timers(); s_disconnect(); s_closed() }
	:: ev == ConnectionLost -> /* plain/lost/closed KHP-CLOSE-01 */
		d_step { s_phase = S_Done; s_stop_timers(); s_disconnect(); s_closed() }
	:: ev == SendRequested -> /* plain/send/send KHP-GEN-05 */
		d_step { s_send_message() }
	:: ev == CloseRequested -> /* plain/close/close LIV-11 */
		d_step { s_phase = S_Closing; s_send_close(0); s_arm_timer(T_Close) }
	:: ev == Decided_Complete || ev == Decided_Continue || ev == Decided_Wait || ev == Decided_Replay || ev == Decided_Close || ev == ApplicationFailed || ev == TimerExpired_Request || ev == TimerExpired_Body || ev == TimerExpired_Replay || ev == TimerExpired_Overall || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for messages of either side. */
inline server_in_open() {
	if
	:: ev == DataReceived -> /* open/data/deliver KHP-GEN-05 */
		d_step { s_deliver() }
	:: ev == Violation -> /* open/violation/closed WSP-CLOSE-02 WSP-FRAME-04 WSP-TEXT-01 */
		d_step { s_phase = S_Done; s_failure = (failure -> failure : FAILURE_MALFORMED); s_send_close(1); s_stop_timers(); s_disconnect(); s_closed() }
	:: ev == PingReceived -> /* open/ping/pong WSP-FRAME-05 */
		d_step { s_send_pong() }
	:: ev == PeerClosed -> /* open/peer-closed/closed WSP-FRAME-06 WSP-CLOSE-01 */
		d_step { s_phase = S_Done; s_send_close(0); s_stop_timers(); s_disconnect(); s_closed() }
	:: ev == ConnectionLost -> /* open/lost/closed KHP-CLOSE-01 */
		d_step { s_phase = S_Done; s_stop_timers(); s_disconnect(); s_closed() }
	:: ev == SendRequested -> /* open/send/send KHP-GEN-05 */
		d_step { s_send_message() }
	:: ev == CloseRequested -> /* open/close/close LIV-11 */
		d_step { s_phase = S_Closing; s_send_close(0); s_arm_timer(T_Close) }
	:: ev == Decided_Complete || ev == Decided_Continue || ev == Decided_Wait || ev == Decided_Replay || ev == Decided_Close || ev == ApplicationFailed || ev == TimerExpired_Request || ev == TimerExpired_Body || ev == TimerExpired_Replay || ev == TimerExpired_Overall || ev == TimerExpired_Close -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* for the client's Close, after ours. */
inline server_in_closing() {
	if
	:: ev == Violation && s_was_open -> /* closing/violation/closed LIV-07 WSP-CLOSE-01 */
		d_step { s_phase = S_Done; s_stop_timers(); s_disconnect(); s_closed() }
	:: ev == Violation && !s_was_open -> /* closing/violation/failed LIV-07 WSP-CLOSE-01 */
		d_step { s_phase = S_Done; s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == PingReceived -> /* closing/ping/pong WSP-FRAME-05 */
		d_step { s_send_pong() }
	:: ev == PeerClosed && s_was_open -> /* closing/peer-closed/closed LIV-07 WSP-CLOSE-01 */
		d_step { s_phase = S_Done; s_stop_timers(); s_disconnect(); s_closed() }
	:: ev == PeerClosed && !s_was_open -> /* closing/peer-closed/failed LIV-07 WSP-CLOSE-01 */
		d_step { s_phase = S_Done; s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == ConnectionLost && s_was_open -> /* closing/lost/closed LIV-07 WSP-CLOSE-01 */
		d_step { s_phase = S_Done; s_stop_timers(); s_disconnect(); s_closed() }
	:: ev == ConnectionLost && !s_was_open -> /* closing/lost/failed LIV-07 WSP-CLOSE-01 */
		d_step { s_phase = S_Done; s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == TimerExpired_Close && s_was_open -> /* closing/close-timer/closed LIV-07 WSP-CLOSE-01 */
		d_step { s_phase = S_Done; s_stop_timers(); s_disconnect(); s_closed() }
	:: ev == TimerExpired_Close && !s_was_open -> /* closing/close-timer/failed LIV-07 WSP-CLOSE-01 */
		d_step { s_phase = S_Done; s_stop_timers(); s_disconnect(); s_fail() }
	:: ev == Request || ev == BadRequest || ev == BodyReceived || ev == DataReceived || ev == Decided_Complete || ev == Decided_Continue || ev == Decided_Wait || ev == Decided_Replay || ev == Decided_Close || ev == ApplicationFailed || ev == TimerExpired_Request || ev == TimerExpired_Body || ev == TimerExpired_Replay || ev == TimerExpired_Overall || ev == CloseRequested -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

/* terminal. */
inline server_in_done() {
	if
	:: ev == Request || ev == BadRequest || ev == BodyReceived || ev == DataReceived || ev == Decided_Complete || ev == Decided_Continue || ev == Decided_Wait || ev == Decided_Replay || ev == Decided_Close || ev == ApplicationFailed || ev == Violation || ev == PingReceived || ev == PeerClosed || ev == ConnectionLost || ev == TimerExpired_Request || ev == TimerExpired_Body || ev == TimerExpired_Replay || ev == TimerExpired_Overall || ev == TimerExpired_Close || ev == CloseRequested -> skip /* ignored */
	:: else -> must(TOTAL, false) /* misuse */
	fi
}

inline server_step() {
	if
	:: s_phase == S_Opening -> server_in_opening()
	:: s_phase == S_AwaitRequest -> server_in_await_request()
	:: s_phase == S_AwaitBody -> server_in_await_body()
	:: s_phase == S_AwaitReplay -> server_in_await_replay()
	:: s_phase == S_Deciding -> server_in_deciding()
	:: s_phase == S_Pending -> server_in_pending()
	:: s_phase == S_Plain -> server_in_plain()
	:: s_phase == S_Open -> server_in_open()
	:: s_phase == S_Closing -> server_in_closing()
	:: s_phase == S_Done -> server_in_done()
	fi
}

/* The event that a response with this status is. */
inline response_of(its_status) {
	if
	:: its_status == 100 -> ev = Response_Continue
	:: its_status == 101 || its_status == 201 || its_status == 204 || its_status == 205 -> ev = Response_Complete
	:: its_status == 202 -> ev = Response_Wait
	:: its_status == 300 || its_status == 301 || its_status == 302 || its_status == 303 -> ev = Response_RedirectChoice
	:: its_status == 307 -> ev = Response_RedirectIfGet
	:: its_status == 401 -> ev = Response_Replay
	:: its_status == 407 -> ev = Response_ProxyAuth
	:: its_status == 426 -> ev = Response_Upgrade
	:: else -> ev = Response_Close
	fi
}

#define is_response (ev == Response_Continue || ev == Response_Complete || ev == Response_Close || ev == Response_Wait || ev == Response_RedirectChoice || ev == Response_RedirectIfGet || ev == Response_Replay || ev == Response_ProxyAuth || ev == Response_Upgrade)
/* What holds after every step. */
inline step_done() {
	d_step {
	must(INV_02, client_got <= server_sent);
	must(INV_03, server_got <= client_sent);
	must(INV_05, (c_ended == 1) == client_is_over && c_ended <= 1);
	must(INV_05, !up || ((s_ended == 1) == server_is_over && s_ended <= 1));
	must(INV_42, !s_responding);
	must(INV_50, c_phase != C_Open || server_opened);
	must(LIV_01, at_rest || both_open || comes_to_client || comes_to_server || c_running != 0 || (up && s_running != 0) || c_phase == C_Idle || c_following);
	must(LIV_06, c_running != 0 || c_phase == C_Idle || c_phase == C_Redirecting || client_is_open || client_is_over);
	must(LIV_06, !up || s_running != 0 || s_phase == S_Opening || server_is_open || server_is_over);
	ev = 0; facts = 0; status = 0; failure = 0; target = 0; message = 0; was_open = 0;
#ifdef RECORD
	c_code { record(); }
#endif
	}
}

inline empty_queues() {
	do :: nempty(to_client) -> to_client ? _, _, _ :: empty(to_client) -> break od;
	do :: nempty(to_server) -> to_server ? _ :: empty(to_server) -> break od;
	skip
}

/* The response that is decided now. */
inline decide_unit() {
	status = unit_status;
	facts = facts | F_ACCEPT_MATCHES | F_SUBPROTOCOL_OFFERED | F_EXTENSIONS_ASKED;
	if
	:: replays(status) -> facts = facts | F_CHALLENGE_USABLE
	:: redirects(status) -> facts = facts | finding(unit_target)
	:: else
	fi;
	unit = 0; unit_status = 0; unit_target = 0;
	response_of(status)
}

/* What the client makes of what comes next. */
inline to_the_client() {
	if
	:: cut -> ev = ConnectionLost; facts = head_complete
	:: else ->
		to_client ? message, status, target;
		if
		:: message == opening_answer && status == 101 -> ev = Opened; facts = F_KHP_SELECTED
		:: message == opening_answer && status != 101 -> facts = F_TERMINATED | F_ACCEPT_MATCHES | F_SUBPROTOCOL_OFFERED | F_EXTENSIONS_ASKED; response_of(status)
		:: message == close_frame -> ev = PeerClosed; facts = head_complete
		:: message == end_of_stream -> ev = ConnectionLost; facts = head_complete
		:: message == proceed && client_balanced -> ev = ProceedReceived
		:: message == reroute && client_balanced -> ev = RerouteReceived; facts = finding(target)
		:: message == terminator && c_phase == C_Reading && unit != 0 -> facts = F_TERMINATED; decide_unit()
		:: message == terminator && !(c_phase == C_Reading && unit != 0) -> ev = TerminatorReceived
		:: else ->
			ev = DataReceived;
			if
			:: message == extended_response && (c_phase == C_AwaitResponse || c_phase == C_SendingBody || c_phase == C_Reading) -> skip
			:: else -> message = data
			fi
		fi
	fi
}

/* A response begins with its data. One that terminates is decided at once, others when their terminator comes. */
inline a_response_began() {
	unit = extended_response; unit_status = status; unit_target = target; message = 0;
	ev = 0; facts = 0;
	if
	:: terminates(unit_status) || TERMINATOR_OPTIONAL -> decide_unit()
#ifdef FAULT_HOST_SKIPS_TERMINATOR /* INV-02: the host takes the head of a completing response for all of it */
	:: completes(unit_status) -> facts = F_TERMINATED; decide_unit()
#endif
	:: else
	fi
}

/* What the server makes of what comes next. */
inline to_the_server() {
	if
	:: cut -> ev = ConnectionLost
	:: else ->
		to_server ? message;
		if
		:: message == opening_request -> ev = OpeningRequest; facts = F_VALID | F_KHP_SELECTED | (MARKED -> F_KL_Y_ASKED : 0)
		:: message == extended_request && (s_phase == S_AwaitRequest || s_phase == S_AwaitReplay) -> ev = Request; facts = (EXPECT -> F_EXPECT_WITH_BODY_OUTSTANDING : 0)
		:: message == request_body && s_phase == S_AwaitBody -> ev = BodyReceived
		:: message == close_frame -> ev = PeerClosed
		:: message == end_of_stream -> ev = ConnectionLost
		:: else -> ev = DataReceived
		fi
	fi
}

/* A connection begins with a fresh server and the opening request. */
inline meet() {
	s_phase = S_Opening; s_interim = 0; s_replays = 0; s_failure = 0; s_status = 0;
	s_kaazing = 0; s_was_open = 0; 
	s_running = 0; s_paused = 0; s_connected = 1; s_web_socket = 0; s_deciding = 0; s_body_owed = 0; s_close_sent = 0; s_peer_closed = 0;
	s_selected = 0; s_request = 0; s_responding = 0; s_decided = 0; s_asked_kaazing = 0; s_opened = 0; s_ended = 0;
	empty_queues();
	up = 1; cut = 0; server_opened = 0;
	unit = 0; unit_status = 0; unit_target = 0;
	to_server ! opening_request
}
/* What the client's host learns from an event, whatever the machine makes of it. */
inline c_learn() {
	if
	:: ev == Connected -> c_dialing = 0; c_connected = 1
	:: ev == ConnectFailed -> c_dialing = 0
	:: ev == Opened -> c_web_socket = 1; c_selected = has(F_KHP_SELECTED)
	:: ev == ConnectionLost -> c_dialing = 0; c_connected = 0; c_web_socket = 0
	:: ev == CredentialsSupplied || ev == CredentialsDeclined -> c_asked = 0
	:: ev == BodyWritten -> c_writing = 0
	:: ev == TimerExpired_Opening -> c_running = c_running & ~T_Opening
	:: ev == TimerExpired_Response -> c_running = c_running & ~T_Response
	:: ev == TimerExpired_Wait -> c_running = c_running & ~T_Wait
	:: ev == TimerExpired_Credentials -> c_running = c_running & ~T_Credentials
	:: ev == TimerExpired_Overall -> c_running = c_running & ~T_Overall
	:: ev == TimerExpired_Close -> c_running = c_running & ~T_Close
	:: ev == TimerExpired_Request -> c_running = c_running & ~T_Request
	:: ev == TimerExpired_Body -> c_running = c_running & ~T_Body
	:: ev == TimerExpired_Replay -> c_running = c_running & ~T_Replay
	:: c_phase == C_Reading && is_response ->
		c_challenged = 0; c_body_allowed = 0; c_good = 0;
		if
		:: completes(status) -> c_outstanding = 0; c_good = (has(F_TERMINATED) || TERMINATOR_OPTIONAL) && has(F_ACCEPT_MATCHES) && has(F_SUBPROTOCOL_OFFERED) && has(F_EXTENSIONS_ASKED)
		:: replays(status) -> c_outstanding = 0; c_challenged = 1
		:: continues(status) -> c_body_allowed = EXPECT
		:: waits(status) -> skip
		:: else -> c_outstanding = 0; c_over = 1
		fi
	:: else
	fi
}

inline s_learn() {
	if
	:: ev == ConnectionLost -> s_connected = 0; s_web_socket = 0
	:: ev == PeerClosed -> s_peer_closed = 1
	:: ev == Request && (s_phase == S_AwaitRequest || s_phase == S_AwaitReplay) -> s_request = 1; s_body_owed = has(F_EXPECT_WITH_BODY_OUTSTANDING)
	:: ev == BodyReceived -> s_body_owed = 0
	:: ev == OpeningRequest -> s_selected = has(F_KHP_SELECTED) && has(F_VALID); s_asked_kaazing = s_selected && has(F_KL_Y_ASKED)
	:: ev == TimerExpired_Opening -> s_running = s_running & ~T_Opening
	:: ev == TimerExpired_Response -> s_running = s_running & ~T_Response
	:: ev == TimerExpired_Wait -> s_running = s_running & ~T_Wait
	:: ev == TimerExpired_Credentials -> s_running = s_running & ~T_Credentials
	:: ev == TimerExpired_Overall -> s_running = s_running & ~T_Overall
	:: ev == TimerExpired_Close -> s_running = s_running & ~T_Close
	:: ev == TimerExpired_Request -> s_running = s_running & ~T_Request
	:: ev == TimerExpired_Body -> s_running = s_running & ~T_Body
	:: ev == TimerExpired_Replay -> s_running = s_running & ~T_Replay
	:: else
	fi
}

active proctype client() {
end:	do
	:: atomic {
		if
		:: c_phase == C_Idle || (c_following && !client_is_over) -> ev = ConnectRequested; facts = F_TARGET_USABLE
		:: c_dialing && !client_is_over -> ev = Connected
		:: c_dialing && !client_is_over -> ev = ConnectFailed
		:: c_asked && !client_is_over -> ev = CredentialsSupplied; facts = F_NEW_CREDENTIALS
		:: c_asked && !client_is_over -> ev = CredentialsSupplied
		:: c_asked && !client_is_over -> ev = CredentialsDeclined
		:: c_writing && !client_is_over -> ev = BodyWritten
		:: runs(T_Opening) && !client_is_over -> ev = TimerExpired_Opening; facts = head_complete
		:: runs(T_Response) && !client_is_over -> ev = TimerExpired_Response; facts = head_complete
		:: runs(T_Wait) && !client_is_over -> ev = TimerExpired_Wait; facts = head_complete
		:: runs(T_Credentials) && !client_is_over -> ev = TimerExpired_Credentials; facts = head_complete
		:: runs(T_Overall) && !client_is_over -> ev = TimerExpired_Overall; facts = head_complete
		:: runs(T_Close) && !client_is_over -> ev = TimerExpired_Close; facts = head_complete
		:: runs(T_Request) && !client_is_over -> ev = TimerExpired_Request; facts = head_complete
		:: runs(T_Body) && !client_is_over -> ev = TimerExpired_Body; facts = head_complete
		:: runs(T_Replay) && !client_is_over -> ev = TimerExpired_Replay; facts = head_complete
		:: client_is_open && client_sent == 0 -> ev = SendRequested
		:: !client_is_over && client_heeds_CloseRequested -> ev = CloseRequested
		:: comes_to_client -> message = 255 /* something comes */
		fi;
		if :: message != 0 -> d_step { to_the_client() } :: else fi;
		do
		:: ev != 0 ->
			d_step { was_open = client_is_open; c_learn() };
			client_step();
			if
			:: ev == Connected -> d_step { meet(); ev = 0 }
			:: ev == DataReceived && message == extended_response -> d_step { a_response_began() }
			:: else -> ev = 0
			fi
		:: else -> break
		od;
		step_done()
	}
	od
}

active proctype server() {
end:	do
	:: atomic {
		if
		:: up && s_deciding && !server_is_over && server_heeds_Decided_Complete -> ev = Decided_Complete; status = 101; facts = F_SELECTION_VALID | F_LOCATION | F_WWW_AUTHENTICATE | F_PROXY_CHALLENGE | F_UPGRADE
		:: up && s_deciding && !server_is_over && server_heeds_Decided_Complete -> ev = Decided_Complete; status = 204; facts = F_SELECTION_VALID | F_LOCATION | F_WWW_AUTHENTICATE | F_PROXY_CHALLENGE | F_UPGRADE
		:: up && s_deciding && !server_is_over && server_heeds_Decided_Wait -> ev = Decided_Wait; status = 202; facts = F_SELECTION_VALID | F_LOCATION | F_WWW_AUTHENTICATE | F_PROXY_CHALLENGE | F_UPGRADE
		:: up && s_deciding && !server_is_over && server_heeds_Decided_Replay -> ev = Decided_Replay; status = 401; facts = F_SELECTION_VALID | F_LOCATION | F_WWW_AUTHENTICATE | F_PROXY_CHALLENGE | F_UPGRADE
		:: up && s_deciding && !server_is_over && server_heeds_Decided_Close -> ev = Decided_Close; status = 403; facts = F_SELECTION_VALID | F_LOCATION | F_WWW_AUTHENTICATE | F_PROXY_CHALLENGE | F_UPGRADE
		:: up && s_deciding && !server_is_over && server_heeds_Decided_Close -> ev = Decided_Close; status = 302; facts = F_SELECTION_VALID | F_LOCATION | F_WWW_AUTHENTICATE | F_PROXY_CHALLENGE | F_UPGRADE; target = 0
		:: up && s_deciding && !server_is_over && server_heeds_Decided_Close -> ev = Decided_Close; status = 302; facts = F_SELECTION_VALID | F_LOCATION | F_WWW_AUTHENTICATE | F_PROXY_CHALLENGE | F_UPGRADE; target = 1
		:: up && s_deciding && !server_is_over && server_heeds_Decided_Close -> ev = Decided_Close; status = 302; facts = F_SELECTION_VALID | F_LOCATION | F_WWW_AUTHENTICATE | F_PROXY_CHALLENGE | F_UPGRADE; target = 2
		:: up && s_deciding && !server_is_over && server_heeds_Decided_Close -> ev = Decided_Close; status = 302; facts = F_SELECTION_VALID | F_LOCATION | F_WWW_AUTHENTICATE | F_PROXY_CHALLENGE | F_UPGRADE; target = 3
		:: up && s_deciding && !server_is_over && server_heeds_Decided_Complete_elsewhere -> ev = Decided_Complete; status = 101; facts = F_SELECTION_VALID | F_LOCATION | F_WWW_AUTHENTICATE | F_PROXY_CHALLENGE | F_UPGRADE | F_REROUTE; target = 0
		:: up && s_deciding && !server_is_over && server_heeds_Decided_Complete_elsewhere -> ev = Decided_Complete; status = 101; facts = F_SELECTION_VALID | F_LOCATION | F_WWW_AUTHENTICATE | F_PROXY_CHALLENGE | F_UPGRADE | F_REROUTE; target = 1
		:: up && s_deciding && !server_is_over && server_heeds_Decided_Complete_elsewhere -> ev = Decided_Complete; status = 101; facts = F_SELECTION_VALID | F_LOCATION | F_WWW_AUTHENTICATE | F_PROXY_CHALLENGE | F_UPGRADE | F_REROUTE; target = 2
		:: up && s_deciding && !server_is_over && server_heeds_Decided_Complete_elsewhere -> ev = Decided_Complete; status = 101; facts = F_SELECTION_VALID | F_LOCATION | F_WWW_AUTHENTICATE | F_PROXY_CHALLENGE | F_UPGRADE | F_REROUTE; target = 3
		:: up && s_deciding && !server_is_over -> ev = ApplicationFailed
		:: up && s_runs(T_Opening) && !server_is_over -> ev = TimerExpired_Opening
		:: up && s_runs(T_Response) && !server_is_over -> ev = TimerExpired_Response
		:: up && s_runs(T_Wait) && !server_is_over -> ev = TimerExpired_Wait
		:: up && s_runs(T_Credentials) && !server_is_over -> ev = TimerExpired_Credentials
		:: up && s_runs(T_Overall) && !server_is_over -> ev = TimerExpired_Overall
		:: up && s_runs(T_Close) && !server_is_over -> ev = TimerExpired_Close
		:: up && s_runs(T_Request) && !server_is_over -> ev = TimerExpired_Request
		:: up && s_runs(T_Body) && !server_is_over -> ev = TimerExpired_Body
		:: up && s_runs(T_Replay) && !server_is_over -> ev = TimerExpired_Replay
		:: up && server_is_open && server_sent == 0 -> ev = SendRequested
		:: up && !server_is_over && server_heeds_CloseRequested -> ev = CloseRequested
		:: comes_to_server -> message = 255
		fi;
		if :: message != 0 -> d_step { to_the_server() } :: else fi;
		d_step { was_open = server_is_open; s_learn() };
		server_step();
		step_done()
	}
	od
}

active proctype network() {
end:	do
	:: atomic { up && !cut -> d_step { cut = 1; empty_queues() }; step_done() }
	:: atomic { timeout -> must(LIV_09, at_rest) }
	od
}

/* LIV-01: every run comes to its end on both sides. It has finitely many steps, and each state that is not at rest has another one. */
ltl every_run_ends { <> at_rest }

/* What must be possible: each of these is refuted by a run that shows it. */
ltl never_LIV_03 { [] !(both_open) } /* open on both sides */
ltl never_LIV_04 { [] !(both_open && c_replays == MAX_REPLAYS) } /* open after the last challenge */
ltl never_LIV_05 { [] !(both_open && c_redirects == MAX_REDIRECTS) } /* open after the last redirect */
ltl never_LIV_12 { [] !(c_phase == C_Closing && s_phase == S_Closing) } /* both close at the same time */
ltl never_INV_35 { [] !(client_got == 1 && server_got == 1) } /* a message right behind the terminator arrives */

