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
	{{range .ServerMarks}}{{.}} = 0; {{end}}
	s_running = 0; s_paused = 0; s_connected = 1; s_web_socket = 0; s_deciding = 0; s_body_owed = 0; s_close_sent = 0; s_peer_closed = 0;
	s_selected = 0; s_request = 0; s_responding = 0; s_decided = 0; s_asked_kaazing = 0; s_opened = 0; s_ended = 0;
	empty_queues();
	up = 1; cut = 0; server_opened = 0;
	unit = 0; unit_status = 0; unit_target = 0;
	to_server ! opening_request
}
