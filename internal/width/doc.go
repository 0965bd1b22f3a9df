// Package width has a test that keeps the lines of Go source within 100 columns.
package width
