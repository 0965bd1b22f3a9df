// Package autobahn has a test of transport with the Autobahn test suite, which make autobahn
// installs.
package autobahn
