//go:build race

package gateway

// raceDetector tells whether the race detector watches.
const raceDetector = true
