// Package cli is what the commands of khp share: the world outside as a value, exit codes and
// errors of one line, types of flags for times and sizes, colours, and text for terminals and
// programs.
package cli
