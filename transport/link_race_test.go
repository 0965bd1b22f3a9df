//go:build race

package transport

// poolsAreExact is false under the race detector, where a sync.Pool drops some of what it is given.
const poolsAreExact = false
