// Package differential compares package wire with the standard library on any bytes: net/http,
// net/url and their dependencies. They may differ, and often do, because wire is stricter; but each
// difference has to be one that is listed here with its reason. Everything else fails.
//
// It is a package of its own because code that pulls in net/http is fuzzed several times slower.
package differential
