package property

import (
	"testing"

	"example.com/khp/wire"
)

// When this test fails, the finding is fixed: remove it together with quotesOn, so that FuzzRedact watches over it.
func TestOpenFinding_SurplusIsQuoted(t *testing.T) {
	var r wire.Request
	if err := r.Parse([]byte("GET / HTTP/1.1\r\n\r\nCookie: "+secret), wire.Limits{}); leak(err.Error()) == "" {
		t.Errorf("fixed: %v", err)
	}
}
