// Package khptest has what tests of the commands share.
package khptest
