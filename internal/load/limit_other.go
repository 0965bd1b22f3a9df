//go:build !unix

package main

func descriptorLimit() int { return 10_000 }
