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
{{range .Settings}}#ifndef {{.Name}}
#define {{.Name}} {{.Value}} /* {{.Text}} */
#endif
{{end}}
/* Properties. */
{{range .Properties}}#define {{.Name}} {{.Number}} /* {{.Text}} */
{{end}}
#define must(id, x) assert(id && (x))

/* Phases, plans, failures and facts have the numbers of package fsm. */
{{range .Constants}}#define {{.Name}} {{.Value}}
{{end}}
#define has(fact) ((facts & fact) != 0)

/* What a client does with a status. */
{{range .Actions}}#define {{.Name}}(status) ({{.Value}})
{{end}}#define terminates(status) (!completes(status) && !continues(status) && !waits(status) && !replays(status))

/* What happens. */
mtype = { {{.Columns}} };

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
