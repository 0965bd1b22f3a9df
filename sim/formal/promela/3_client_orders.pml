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
