// Package conform runs the cases of package sim/conform against KHP servers and clients on real
// sockets, and reports how they come out.
//
//	list, err := conform.Select(conform.Filter{Server: true, Profile: "spec"})
//	run := conform.Server(ctx, target, list, conform.Options{})  // we are the client
//	run := conform.Client(ctx, listener, list, conform.Options{}) // we are the server
//
// A case runs in the virtual network of package sim/script as it does in khp sim, but for its
// peer: the bytes of that end of the network come from a socket and go there, and the virtual
// clock follows the real one. Nothing is connected to but the address that the target has.
package conform
