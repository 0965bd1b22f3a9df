//go:build !linux

// Package usage measures the resources of processes; only on Linux.
package usage

// CPU knows nothing here.
func CPU(int) int64 { return 0 }

// Resident knows nothing here.
func Resident(int) int64 { return 0 }

// Peak knows nothing here.
func Peak(int) int64 { return 0 }

// ResetPeak does nothing here.
func ResetPeak(int) {}

// Children knows nothing here.
func Children(int) []int { return nil }
