package loop

// mostHeld bounds the bytes that are read of a client that does not wait for the answer to its
// opening request, as it should.
const mostHeld = 4 << 10

// Hold puts off the WebSocket until Proceed, while the application decides on the opening request;
// rest has the bytes behind that request.
func (d *Loop) Hold(rest []byte) { d.held = append(make([]byte, 0, len(rest)), rest...) }

// Proceed starts the WebSocket that was put off, if one was.
func (d *Loop) Proceed() {
	if held := d.held; held != nil {
		d.held = nil
		d.Established(held)
	}
}

// readHeld notices that the client is gone. Bytes that it sends already belong to the WebSocket.
func (d *Loop) readHeld() {
	if len(d.held) >= mostHeld {
		d.idle()
		return
	}
	var b [512]byte
	n, err := d.nc.Read(b[:])
	d.held = append(d.held, b[:n]...)
	d.readError(err)
}
