package endpoint

import (
	"slices"

	"example.com/khp/wire"
)

// parseLists returns the elements of the two negotiation fields of a request. copies are the fields
// as strings, of which the elements are parts. An empty field is a fault unless its kind may be
// empty: deployed clients send one when they have nothing to list. [AMB-23]
func parseLists(fields wire.Fields, copies []HeaderField, mayBeEmpty [2]bool) (subprotocols, extensions []string, fault string) {
	for i, f := range fields {
		switch empty := len(f.Value) == 0; {
		case wire.EqualFold(f.Name, "Sec-WebSocket-Protocol") && !(empty && mayBeEmpty[0]):
			var room [4][]byte
			list, err := wire.ParseTokens(room[:0], f.Value)
			if err != nil {
				return nil, nil, "Sec-WebSocket-Protocol: " + parseText(err)
			}
			value := shared{copies[i].Value}
			subprotocols = slices.Grow(subprotocols, len(list))
			for _, p := range list {
				subprotocols = append(subprotocols, value.token(p))
			}
		case wire.EqualFold(f.Name, "Sec-WebSocket-Extensions") && !(empty && mayBeEmpty[1]):
			var room [4]wire.Extension
			list, err := wire.ParseExtensions(room[:0], f.Value)
			if err != nil {
				return nil, nil, "Sec-WebSocket-Extensions: " + parseText(err)
			}
			value := shared{copies[i].Value}
			for _, e := range list {
				extensions = append(extensions, value.element(e))
			}
		}
	}
	return subprotocols, extensions, ""
}

// ofApplication keeps, in place, one of each subprotocol of the application: not that of KHP, nor
// the token that clients list beside it.
func ofApplication(list []string) []string {
	kept := list[:0]
	for _, p := range list {
		if p != Subprotocol && p != bump && !slices.Contains(kept, p) {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}
