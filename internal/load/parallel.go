package main

import (
	"fmt"
	"sync"
)

// parallel calls f for 0 to n-1, at most at of them at the same time, and returns the first
// error.
func parallel(n, at int, f func(i int) error) error {
	next, failed := make(chan int), make(chan error, at)
	var wg sync.WaitGroup
	for range min(n, at) {
		wg.Go(func() {
			for i := range next {
				if err := f(i); err != nil {
					failed <- fmt.Errorf("connection %d: %w", i, err)
					return
				}
			}
		})
	}
	var err error
	for i := 0; i < n && err == nil; i++ {
		select {
		case next <- i:
		case err = <-failed:
		}
	}
	close(next)
	wg.Wait()
	if err == nil && len(failed) > 0 {
		err = <-failed
	}
	return err
}
