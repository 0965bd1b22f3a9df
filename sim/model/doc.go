// Package model has the models of KHP that package explore visits: the real machines of package fsm
// in their surroundings, and the properties that must hold there.
//
// [Models] lists them: [Honest] client and server with a network between them, a client against
// [AnyServer], a server against [AnyClient], each in all configurations that differ. A [Fault] puts
// a mistake into a machine, to see it found.
package model
