package endpoint

import "example.com/khp/wire"

// memory is what one handshake works in, made at once. What does not fit grows elsewhere.
type memory struct {
	buf     [512]byte     // what is sent
	message [512]byte     // server: the message that holds the request
	fields  [8]wire.Field // of what was parsed
}

// mostKept bounds, in bytes, what a Server keeps for the next connection.
const mostKept = 8 << 10
