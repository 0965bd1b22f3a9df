// Command relay compares khp serve with nginx as a relay between WebSocket clients and their back
// end.
//
//	go run ./relay               # from the directory bench; two minutes
//	go run ./relay -markdown     # the table of docs/performance.md
//
// There are four kinds of traffic (see loads). The back end, a process of its own, sends every
// message back. Proxies take turns, round after round, with the same number of clients, which this
// process is; in each round the processor time of the proxy for one message there and back, and the
// rate, are divided by those of nginx, so that a busy moment of the machine falls on both. The
// tables show the median of the rounds, and of the ratios with the 95 % confidence interval.
//
// khp serve runs as shipped: it writes a line of the log for each connection, counts for its
// metrics, and its clients speak KHP. It reads every message and judges it by the rules of
// WebSocket; nginx copies bytes. Without nginx there are no ratios.
package main
