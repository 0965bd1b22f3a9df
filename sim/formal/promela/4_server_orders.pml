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
