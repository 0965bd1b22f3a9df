// Package session has the properties of package endpoint: a client and a server that are told
// anything at any time, and a pair of them on a network with faults. Like those of package
// property, each function takes one input and returns an error that says which promise was broken.
package session
