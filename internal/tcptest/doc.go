// Package tcptest is a model of one TCP connection, for tests: two ends that are a [net.Conn] each,
// without a socket.
//
//	client, server := tcptest.Pair(tcptest.Options{})
//
// The model has the properties that distinguish TCP from a pipe: writes return before the peer has
// read, up to a window, and may be partial; each side ends its own stream; closing with unread
// bytes, or receiving bytes after closing, resets the connection, and the reset may overtake bytes
// that were sent before it; one call returns the error of a reset, and later reads return io.EOF.
//
// It waits on conditions and timers only, and starts no goroutine of its own: so it works in a
// bubble of testing/synctest as it does in real time. Package network of sim is no substitute: it
// has a clock of its own, streams without a window and calls in place of blocking, as pure
// endpoints need it.
package tcptest
