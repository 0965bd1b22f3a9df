package main

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"strings"
)

// certificate loads what --tls-cert and --tls-key name; nil if there is none.
func (o *serveOptions) certificate() (*tls.Certificate, error) {
	switch {
	case o.cert == "" && o.key == "":
		return nil, nil
	case o.cert == "":
		return nil, usagef("--tls-key %s: needs --tls-cert as well", o.key)
	case o.key == "":
		return nil, usagef("--tls-cert %s: needs --tls-key as well", o.cert)
	}
	pair, err := tls.LoadX509KeyPair(o.cert, o.key)
	if err != nil {
		return nil, usagef("--tls-cert %s, --tls-key %s: %s; expected a certificate and its key in PEM", o.cert, o.key, strings.TrimPrefix(err.Error(), "tls: "))
	}
	return &pair, nil
}

// backendTLS is for wss back ends; nil trusts whom the system trusts.
func (o *serveOptions) backendTLS() (*tls.Config, error) {
	if o.backendCA == "" {
		return nil, nil
	}
	text, err := os.ReadFile(o.backendCA)
	if err != nil {
		return nil, usagef("--backend-ca %s: %s; choose a file that can be read", o.backendCA, cause(err))
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, usagef("--backend-ca %s: no certificate in it; expected PEM", o.backendCA)
	}
	return &tls.Config{RootCAs: roots}, nil
}
