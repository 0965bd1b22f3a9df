//go:build !unix

package sock

import "syscall"

// canReadRaw is false where sockets are not read by their numbers.
const canReadRaw = false

func readRaw(uintptr, []byte) (int, error) { return 0, syscall.EINVAL }
