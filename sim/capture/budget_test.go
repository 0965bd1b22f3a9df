package capture

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"runtime"
	"strings"
	"testing"

	"example.com/khp/sim/replay"
	"github.com/gopacket/gopacket"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// All that is counted as kept is given back, whatever becomes of a connection: else a long capture
// would run into the limit.
func TestCollector_GivesBack(t *testing.T) {
	sessions := wholeSessions(t)
	rapid.Check(t, func(t *rapid.T) {
		c := newCollector(func(*replay.Session) {})
		for range rapid.IntRange(1, 3).Draw(t, "sessions") {
			list := resplit(t, rapid.SampledFrom(sessions).Draw(t, "session"))
			for i, s := range list {
				if rapid.IntRange(0, 20).Draw(t, "lost") == 0 {
					continue
				}
				p := packet(t, links["raw IPv4"], s)
				c.packet(p, gopacket.CaptureInfo{CaptureLength: len(p), Length: len(p)}, links["raw IPv4"].typ)
				require.GreaterOrEqual(t, c.kept, 0, "packet %d", i)
			}
		}
		c.rest()
		require.Zero(t, c.kept)
		require.Empty(t, c.live)
	})
}

// Many connections that send much take bounded memory all together; those beyond the limit are
// incomplete, and say so.
func TestRead_BudgetOfAllConnections(t *testing.T) {
	if testing.Short() {
		t.Skip("reads more than the budget allows, which takes seconds")
	}
	reader, writer := io.Pipe()
	payload := append([]byte("\x82\x7e\xff\xff"), bytes.Repeat([]byte("x"), 1<<16)...)[:4+65535]
	go func() {
		var list []segment
		for port := range uint16(40) {
			f := newFlow(40000 + port)
			f.add(segment{client: true, data: []byte("GET /p HTTP/1.1\r\nHost: h\r\n" + anUpgrade + "\r\n")})
			f.add(segment{data: []byte("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
				"Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n" +
				"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n")})
			for range 60 {
				for rest := payload; len(rest) > 0; rest = rest[min(len(rest), 30000):] {
					f.add(segment{data: rest[:min(len(rest), 30000)]})
				}
			}
			list = append(list, f.list...)
		}
		_, err := writer.Write(write(t, links["raw IPv4"], 0, false, list))
		_ = writer.CloseWithError(err)
	}()
	over := 0
	_, err := Read(reader, func(s *replay.Session) {
		if strings.Contains(s.Missing, "all connections together") {
			over++
		}
	})
	require.NoError(t, err)
	require.Positive(t, over)
}

// Lengths that a small file claims cost no memory.
func TestRead_ClaimedLengths(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacks hundreds of megabytes, which takes seconds")
	}
	var small bytes.Buffer
	z := gzip.NewWriter(&small)
	header := []byte(
		"\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
			"\xff\xff\xff\xff\x65\x00\x00\x00")
	_, _ = z.Write(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(append(header,
		make([]byte, 8)...), 1<<30), 1<<30))
	zero := make([]byte, 1<<20)
	for range 256 {
		_, _ = z.Write(zero)
	}
	require.NoError(t, z.Close())
	require.Less(t, small.Len(), 1<<20)
	unpacked, err := gzip.NewReader(&small)
	require.NoError(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = Read(unpacked, func(*replay.Session) {})
	require.Error(t, err)
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(32<<20))

	ng := write(t, links["raw IPv4"], 0, true, newFlow(1).list)
	ng = append(ng, "\x0b\x00\x00\x00\xf0\xff\xff\x7f"...) // a block of 2 GiB
	_, err = Read(io.MultiReader(bytes.NewReader(ng), &quota{r: zeros{}, left: 1 << 28}),
		func(*replay.Session) {})
	require.Error(t, err)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
