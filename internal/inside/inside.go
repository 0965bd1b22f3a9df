// Package inside has the parts of package fsm that only the tools of this module see which verify
// its machines: see [example.com/khp/internal/tables].
package inside

// Key opens the machines to a tool. Only packages of this module can make one.
type Key struct{ _ struct{} }

// MaxEffects is the largest number of effects of one step; a test proves that no transition needs
// more.
const MaxEffects = 6

// Sizes of encoded states, in bytes.
const (
	ClientStateSize = 10
	ServerStateSize = 9
)
