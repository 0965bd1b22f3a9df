//go:build unix

package sock

import "syscall"

const canReadRaw = true

func readRaw(fd uintptr, p []byte) (int, error) { return syscall.Read(int(fd), p) }
