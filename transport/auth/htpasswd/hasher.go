package htpasswd

import (
	"runtime"
)

// hasher is shared by all files.
type hasher struct {
	queue    *queue
	verified *verified
}

// shared is the hasher of all files of the process, whose processors are the same.
var shared = newHasher(max(1, runtime.GOMAXPROCS(0)/2))

func newHasher(turns int) *hasher {
	return &hasher{queue: newQueue(turns), verified: newVerified()}
}
