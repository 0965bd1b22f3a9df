// Package inside has what package fsm shares with the tools of this module that verify its
// machines, and with nobody else: see [example.com/khp/internal/tables].
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
