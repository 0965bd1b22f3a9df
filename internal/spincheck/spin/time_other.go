//go:build !unix

package spin

import "time"

var begin = time.Now()

// processorTime is the time of the clock, for systems on which Spin is not compared.
func processorTime() float64 { return time.Since(begin).Seconds() }
