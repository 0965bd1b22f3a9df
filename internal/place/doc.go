// Package place reads and compares the names of places in HTTP messages: hosts, ports, paths, and
// the targets of requests.
package place
