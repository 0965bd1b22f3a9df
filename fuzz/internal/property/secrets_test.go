package property

import (
	"testing"

	"example.com/khp/wire"
)

func TestFinding_SurplusIsNotQuoted(t *testing.T) {
	var r wire.Request
	if err := r.Parse([]byte("GET / HTTP/1.1\r\n\r\nCookie: "+secret),
		wire.Limits{}); leak(err.Error()) != "" {
		t.Errorf("quoted: %v", err)
	}
}
