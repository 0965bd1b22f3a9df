//go:build !race

package frametest

// PoolsAreExact tells whether a sync.Pool keeps every value, so that allocations can be counted.
const PoolsAreExact = true
