//go:build unix

package spin

import "syscall"

// processorTime is the processor time of the process so far, in seconds.
func processorTime() float64 {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9
}
