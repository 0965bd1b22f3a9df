package endpoint

import (
	"slices"

	"example.com/khp/wire"
)

// writtenByLayer are the fields of an opening request that a WebSocket layer writes itself.
var writtenByLayer = []string{
	"Connection", "Host", "Sec-WebSocket-Extensions", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol", "Sec-WebSocket-Version", "Upgrade",
}

// OpeningFields returns the fields that the opening request to [Client.URL] carries beside those of
// every WebSocket request: for hosts whose own WebSocket layer writes that request. They are the
// OpeningHeader as far as this origin may see it, and Authorization once credentials for the
// opening handshake were given. The layer also offers the subprotocols of [Client.Offer].
func (c *Client) OpeningFields() []HeaderField {
	if len(c.visited) == 0 { // not connecting yet
		return nil
	}
	if c.nonceKey == ([24]byte{}) { // there is no connection yet
		wire.AppendKey(c.nonceKey[:0], [16]byte{})
	}
	b, _ := c.openingRequest()
	var r wire.Request
	if _, err := r.ParseHead(b, c.cfg.Limits); err != nil {
		return nil // unreachable: values that cannot be written or parsed were refused before
	}
	return slices.DeleteFunc(copyFields(r.Fields), func(f HeaderField) bool { return containsFold(writtenByLayer, f.Name) })
}
