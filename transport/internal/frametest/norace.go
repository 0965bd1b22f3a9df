//go:build !race

package frametest

// PoolsAreExact tells whether a sync.Pool keeps what it is given, so that allocations can be
// counted.
const PoolsAreExact = true
