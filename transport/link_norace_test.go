//go:build !race

package transport

// poolsAreExact tells whether a sync.Pool keeps what it is given, so that allocations can be counted.
const poolsAreExact = true
