// Package parallel shares numbered work out among goroutines.
package parallel

import (
	"sync"
	"sync/atomic"
)

// Do calls f(0) to f(n-1), begun in this order, at most at of them at the same time. It returns the
// first error, after which it begins no further call.
func Do(n, at int, f func(i int) error) (first error) {
	var wg sync.WaitGroup
	var turn atomic.Int64
	var once sync.Once
	for range min(n, at) {
		wg.Go(func() {
			for i := int(turn.Add(1)) - 1; i < n; i = int(turn.Add(1)) - 1 {
				if err := f(i); err != nil {
					once.Do(func() { first = err })
					turn.Store(int64(n))
				}
			}
		})
	}
	wg.Wait()
	return first
}
