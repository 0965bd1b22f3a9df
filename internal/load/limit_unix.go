//go:build unix

package main

import "syscall"

// descriptorLimit is how many descriptors a process may have.
func descriptorLimit() int {
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l) != nil {
		return 1024
	}
	return int(min(l.Max, 1<<20)) // Go raises the soft limit to the hard one when it starts
}
