/* What the client's host learns from an event, whatever the machine makes of it. */
inline c_learn() {
	if
	:: ev == Connected -> c_dialing = 0; c_connected = 1
	:: ev == ConnectFailed -> c_dialing = 0
	:: ev == Opened -> c_web_socket = 1; c_selected = has(F_KHP_SELECTED)
	:: ev == ConnectionLost -> c_dialing = 0; c_connected = 0; c_web_socket = 0
	:: ev == CredentialsSupplied || ev == CredentialsDeclined -> c_asked = 0
	:: ev == BodyWritten -> c_writing = 0
	{{range .Timers}}:: ev == TimerExpired_{{.}} -> c_running = c_running & ~T_{{.}}
	{{end}}:: c_phase == C_Reading && is_response ->
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
	{{range .Timers}}:: ev == TimerExpired_{{.}} -> s_running = s_running & ~T_{{.}}
	{{end}}:: else
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
		{{range .Timers}}:: runs(T_{{.}}) && !client_is_over -> ev = TimerExpired_{{.}}; facts = head_complete
		{{end}}:: client_is_open && client_sent == 0 -> ev = SendRequested
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
		{{range .Decisions}}:: up && s_deciding && !server_is_over && {{.Heeds}} -> ev = {{.Column}}; status = {{.Status}}; facts = {{.Facts}}{{if .Target}}; target = {{.TargetIndex}}{{end}}
		{{end}}:: up && s_deciding && !server_is_over -> ev = ApplicationFailed
		{{range .Timers}}:: up && s_runs(T_{{.}}) && !server_is_over -> ev = TimerExpired_{{.}}
		{{end}}:: up && server_is_open && server_sent == 0 -> ev = SendRequested
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
{{range .Possible}}ltl never_{{.Name}} { [] !({{.Value}}) } /* {{.Text}} */
{{end}}
