// Package backends runs khp serve between WebSocket libraries that many back ends and plain clients
// are made of: npm's ws, which selects the first subprotocol of any list, and Python's websockets.
// Run it with make backends, which installs both; without -installed nothing is run.
package backends
