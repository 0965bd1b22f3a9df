package main

import (
	"fmt"

	"example.com/khp/internal/parallel"
)

// connections calls f for the connections 0 to n-1, at most at of them at the same time, and
// returns the first error.
func connections(n, at int, f func(i int) error) error {
	return parallel.Do(n, at, func(i int) error {
		if err := f(i); err != nil {
			return fmt.Errorf("connection %d: %w", i, err)
		}
		return nil
	})
}
