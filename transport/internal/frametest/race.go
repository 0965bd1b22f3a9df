//go:build race

package frametest

// PoolsAreExact is false under the race detector, where a sync.Pool drops some values.
const PoolsAreExact = false
