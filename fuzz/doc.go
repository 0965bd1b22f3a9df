// Package fuzz holds the native fuzz targets over packages wire and endpoint. There is nothing to
// import here: the inputs are in package fuzz/corpus, for any parser; docs/fuzzing.md lists
// the runs and the findings.
//
//	make fuzz T=FuzzParseRequest N=2000000   # one target, so many executions
//	make fuzz N=100000                       # all targets, one after the other
//	make fuzz-ci                             # the run of CI
//
// The package imports little, because native fuzzing compares the counters of all instrumented code
// after each execution: with net/http below it, it is several times slower. Targets that need
// net/http are in fuzz/differential.
package fuzz
