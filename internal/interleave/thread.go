package interleave

import (
	"context"
	"runtime/debug"
	"runtime/pprof"
	"sync"
	"unsafe"
)

// names has the names of threads by the profiler's labels of their goroutines.
var names sync.Map // of strings by unsafe.Pointer

// mark names the goroutine of its caller, until unmark is called. Go keeps two things per goroutine
// that a test can set: its labels, which the goroutines that it starts inherit, and whether it
// panics on a fault, which they do not.
func mark(name string) (unmark func()) {
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("thread", name)))
	debug.SetPanicOnFault(true)
	l := labels()
	names.Store(l, name)
	return func() { names.Delete(l) }
}

// caller returns the name of the goroutine of its caller, "spawned" if the code under test has
// started it. The number of the goroutine would name it as well, but only [runtime.Stack] tells
// that, and its walk through the frames took three quarters of an exploration.
func caller() string {
	if !debug.SetPanicOnFault(false) {
		return "spawned"
	}
	debug.SetPanicOnFault(true)
	name, _ := names.Load(labels())
	return name.(string)
}

// labels returns the labels of the goroutine, which differ from all others by their place.
//
//go:linkname labels runtime/pprof.runtime_getProfLabel
func labels() unsafe.Pointer
