// Package script runs scenarios on a virtual network: text files that say which clients, servers
// and adversaries there are, the events, and the expected outcome. docs/scenarios.md describes the
// language.
//
//	f, err := script.Parse("loop.txt", source) // a mistake is an *Error with line and column
//	out, err := f.Run(script.Options{})
//	out.Passed()                               // false: out.Mismatches and out.Broken say why
//
// A run is a function of the scenario and the options: nothing is random, nothing takes time, and
// nothing outside is touched. Besides the expectations of a scenario, the invariants of package
// network are checked in all of them.
//
// [Random] draws scenarios and [Shrink] makes one that fails small.
package script
