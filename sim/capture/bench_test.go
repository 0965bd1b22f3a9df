package capture

import (
	"bytes"
	"os"
	"testing"

	"example.com/khp/sim/replay"
)

// BenchmarkRead reads and judges the sample: six connections.
func BenchmarkRead(b *testing.B) {
	file, err := os.ReadFile(sample)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(file)))
	connections := 0
	for b.Loop() {
		sum, err := Read(bytes.NewReader(file), func(s *replay.Session) { replay.Check(s) })
		if err != nil {
			b.Fatal(err)
		}
		connections += sum.Connections
	}
	b.ReportMetric(float64(connections)/b.Elapsed().Seconds(), "connections/s")
}
