package replay

import "example.com/khp/wire"

// oldForm names what gateways of Kaazing 3.x do.
const oldForm = "the server answers with a challenge inside a 200 response, which is the old form of Kaazing 3.x gateways"

// Bounds of what is looked through for the old form.
const (
	nestedMessages = 8
	nestedBytes    = 64 << 10
)

// nestedBy reports whether the server has sent a 401 as the body of a 200, in the same message or
// in those that follow. The 200 is step last or one before.
func (c *checker) nestedBy(last int) bool {
	messages := c.inputs[Client]
	for k, i := range messages {
		if i > last {
			return false
		}
		s := &c.s.Steps[i]
		if s.Kind != Message || statusOf(s.Data) != 200 {
			continue
		}
		a := wire.Assembler{Unwrap: true}
		for _, j := range messages[k:min(len(messages), k+nestedMessages)] {
			if t := &c.s.Steps[j]; t.Kind == Message && a.Len() < nestedBytes {
				if _, err := a.Add(t.Type, t.Data); err != nil {
					break
				}
			}
		}
		if a.Unwrapped() {
			return true
		}
	}
	return false
}
