// Package formal writes the machines of package fsm, their surroundings and their properties as
// models for other model checkers: Promela for Spin, TLA+ for TLC.
//
// Everything about the machines comes from the rows of their tables. The surroundings are those of
// [model.Honest], written again in the checker's language.
package formal
