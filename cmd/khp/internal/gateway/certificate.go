package gateway

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
)

// certificate loads what --tls-cert and --tls-key name; nil if there is none.
func (o *options) certificate() (*tls.Certificate, error) {
	switch {
	case o.cert == "" && o.key == "":
		return nil, nil
	case o.cert == "":
		return nil, cli.Usagef("--tls-key %s: needs --tls-cert as well", o.key)
	case o.key == "":
		return nil, cli.Usagef("--tls-cert %s: needs --tls-key as well", o.cert)
	}
	certs, err := os.ReadFile(o.cert)
	if err != nil {
		return nil, cli.Usagef("--tls-cert %s: %s; choose a file that can be read", o.cert, cli.Cause(err))
	}
	key, err := os.ReadFile(o.key)
	if err != nil {
		return nil, cli.Usagef("--tls-key %s: %s; choose a file that can be read", o.key, cli.Cause(err))
	}
	pair, err := tls.X509KeyPair(certs, key)
	if err != nil {
		return nil, o.certificateFault(certs, key)
	}
	return &pair, nil
}

// certificateFault finds out why a certificate and a key cannot be used.
func (o *options) certificateFault(certs, key []byte) error {
	first := pemBlock(certs, func(kind string) bool { return kind == "CERTIFICATE" })
	if first == nil {
		return cli.Usagef("--tls-cert %s: no certificate in it; expected PEM", o.cert)
	}
	if _, err := x509.ParseCertificate(first.Bytes); err != nil {
		return cli.Usagef("--tls-cert %s: the certificate in it is damaged", o.cert)
	}
	own := pemBlock(key, func(kind string) bool { return strings.HasSuffix(kind, "PRIVATE KEY") })
	if own == nil {
		return cli.Usagef("--tls-key %s: no key in it; expected PEM", o.key)
	}
	_, pkcs8 := x509.ParsePKCS8PrivateKey(own.Bytes)
	_, pkcs1 := x509.ParsePKCS1PrivateKey(own.Bytes)
	_, ec := x509.ParseECPrivateKey(own.Bytes)
	switch {
	case strings.HasPrefix(own.Type, "ENCRYPTED"), own.Headers["DEK-Info"] != "":
		return cli.Usagef("--tls-key %s: the key in it needs a password; write it without one, as openssl pkey does", o.key)
	case pkcs8 != nil && pkcs1 != nil && ec != nil:
		return cli.Usagef("--tls-key %s: the key in it is damaged", o.key)
	}
	return cli.Usagef("--tls-key %s: it is not the key of the certificate in %s", o.key, o.cert)
}

// pemBlock finds the first block of a kind.
func pemBlock(text []byte, is func(kind string) bool) *pem.Block {
	for {
		block, rest := pem.Decode(text)
		if block == nil || is(block.Type) {
			return block
		}
		text = rest
	}
}

// backendTLS is for wss back ends; nil trusts whom the system trusts.
func (o *options) backendTLS() (*tls.Config, error) {
	if o.backendCA == "" {
		return nil, nil
	}
	text, err := os.ReadFile(o.backendCA)
	if err != nil {
		return nil, cli.Usagef("--backend-ca %s: %s; choose a file that can be read", o.backendCA, cli.Cause(err))
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, cli.Usagef("--backend-ca %s: no certificate in it; expected PEM", o.backendCA)
	}
	return &tls.Config{RootCAs: roots}, nil
}
