// Package observe shows events of handshakes: in words ([Headline], [CloseText], [ParseHead]), and
// as the file of --trace ([Tracer]).
package observe
