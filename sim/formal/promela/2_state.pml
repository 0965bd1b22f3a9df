/* The client machine: fsm.ClientState. */
byte c_phase = C_Idle, c_interim = 0, c_replays = 0, c_redirects = 0, c_plan = 0, c_failure = 0;
short c_status = 0;
bit {{join .ClientMarks " = 0, "}} = 0;

/* The server machine of the current connection: fsm.ServerState. */
byte s_phase = S_Opening, s_interim = 0, s_replays = 0, s_failure = 0;
short s_status = 0;
bit {{join .ServerMarks " = 0, "}} = 0;

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
chan to_client = [{{.Capacity}}] of { byte, short, byte }; /* message, status, target */
chan to_server = [{{.Capacity}}] of { byte };
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
{{range .Heeded}}#define {{.Name}} ({{.Value}})
{{end}}
