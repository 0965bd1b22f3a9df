//go:build !linux

package main

import "time"

var started = time.Now()

// clock is the time of day: run this on a quiet machine.
func clock() time.Duration { return time.Since(started) }
