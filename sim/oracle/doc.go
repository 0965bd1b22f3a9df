// Package oracle is a second description of both machines, written from the text of the
// requirements by an author who had not seen the transition tables, as plain switches. It shares no
// code with them, only the types of package fsm.
//
// [Client] and [Server] are its memory, and their Step returns the required orders. [Compare] names
// the difference of a machine. [ClientOf] and [ServerOf] read the memory off the state of a
// machine, so [CheckClient] and [CheckServer] compare every step of an exploration while the states
// stay those of the machine alone: if the start agrees, and every step leads from agreement to
// agreement, all runs agree.
//
// These have to agree: the verdict, the memory, the orders that reach the wire or the application
// (kind, code, failure, in order), and which timers run, stand still or were started afresh.
package oracle
