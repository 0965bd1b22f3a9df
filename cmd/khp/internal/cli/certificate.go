package cli

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"strings"
)

// KeyError is a mistake in the file of a key, where a certificate and its key were to be read.
type KeyError struct{ Text string }

// Error implements error.
func (e *KeyError) Error() string { return e.Text }

// KeyPair reads a certificate and its key, each from its file in PEM. A mistake in the file of the
// key is a [KeyError], any other one is in that of the certificate.
func KeyPair(certFile, keyFile string) (*tls.Certificate, error) {
	certs, err := os.ReadFile(certFile)
	if err != nil {
		return nil, Unreadable(err)
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, &KeyError{Unreadable(err).Error()}
	}
	pair, err := tls.X509KeyPair(certs, key)
	if err != nil {
		return nil, pairFault(certFile, certs, key)
	}
	return &pair, nil
}

// Authorities reads the certificates of authorities from a file in PEM.
func Authorities(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, Unreadable(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("no certificate in it; expected PEM")
	}
	return pool, nil
}

// Unreadable says that a file cannot be read, and why.
func Unreadable(err error) error {
	return errors.New(Cause(err).Error() + "; choose a file that can be read")
}

// pairFault finds out why a certificate and a key cannot be used.
func pairFault(certFile string, certs, key []byte) error {
	first := pemBlock(certs, func(kind string) bool { return kind == "CERTIFICATE" })
	if first == nil {
		return errors.New("no certificate in it; expected PEM")
	}
	if _, err := x509.ParseCertificate(first.Bytes); err != nil {
		return errors.New("the certificate in it is damaged")
	}
	own := pemBlock(key, func(kind string) bool { return strings.HasSuffix(kind, "PRIVATE KEY") })
	if own == nil {
		return &KeyError{"no key in it; expected PEM"}
	}
	_, pkcs8 := x509.ParsePKCS8PrivateKey(own.Bytes)
	_, pkcs1 := x509.ParsePKCS1PrivateKey(own.Bytes)
	_, ec := x509.ParseECPrivateKey(own.Bytes)
	switch {
	case strings.HasPrefix(own.Type, "ENCRYPTED"), own.Headers["DEK-Info"] != "":
		return &KeyError{"the key in it needs a password; write it without one, as openssl pkey does"}
	case pkcs8 != nil && pkcs1 != nil && ec != nil:
		return &KeyError{"the key in it is damaged"}
	}
	return &KeyError{"it is not the key of the certificate in " + certFile}
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
