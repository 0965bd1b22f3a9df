package endpoint

import "example.com/khp/wire"

// memory holds the buffers of one handshake in one allocation. Longer content is allocated on its
// own.
type memory struct {
	buf     [512]byte     // for output
	message [512]byte     // server: the message that holds the request
	fields  [8]wire.Field // of the parsed head
}

// mostKept bounds the buffers, in bytes, that a Server keeps for the next connection.
const mostKept = 8 << 10
