// Package prove proves properties of the machines of package fsm from arbitrary states, for all
// configurations and all limits, where exploration visits the states of chosen ones.
//
// The rows of the tables are run symbolically, each with the surroundings of the machine (package
// model has them as code that runs; here they are terms, and a test steps both side by side). A
// clause is an invariant if it holds at the start and every row keeps it. [Machine.Invariants]
// finds the largest set of clauses of two literals that keep each other, which is known as Houdini:
// it assumes all of them and drops those that some row breaks until nothing changes.
// [Machine.Refutations] then checks with their help that no row breaks a property. What is left to
// an SMT solver are questions about one row at a time, so that an answer names the cell.
package prove
