// Package adaptertest holds the tests that every way to have KHP connections passes: package
// transport, and its adapters for other WebSocket libraries. There is a table of scenarios for
// clients and one for servers, in which the other side is well-behaved or speaks bytes by hand, and
// all clients meet all servers.
package adaptertest
