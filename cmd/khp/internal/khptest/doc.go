// Package khptest has the helpers that tests of the commands share.
package khptest
