package sock

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
)

// StartTLS shakes hands as a client of TLS. If that fails nc is closed.
func StartTLS(ctx context.Context, nc net.Conn, cfg *tls.Config) (net.Conn, error) {
	secure := tls.Client(nc, cfg)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = nc.Close()
		return nil, fmt.Errorf("TLS handshake: %w", err)
	}
	return secure, nil
}
