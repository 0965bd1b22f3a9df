package gateway

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/gateway/target"
)

// certificates loads those of a listener, of which a client gets the one for the name that it asks
// for, or the first; nil without any. The error joins all mistakes.
func certificates(list []*config.Certificate) (*tls.Config, error) {
	if len(list) == 0 {
		return nil, nil
	}
	secure := &tls.Config{NextProtos: []string{"http/1.1"}}
	var wrong []error
	for _, c := range list {
		pair, err := certificate(c)
		if wrong = append(wrong, err); err == nil {
			secure.Certificates = append(secure.Certificates, *pair)
		}
	}
	return secure, errors.Join(wrong...)
}

// certificate loads a certificate and its key.
func certificate(c *config.Certificate) (*tls.Certificate, error) {
	switch {
	case c.Cert == "":
		return nil, c.Fault("key", c.Key, "needs %s as well", c.Called("cert"))
	case c.Key == "":
		return nil, c.Fault("cert", c.Cert, "needs %s as well", c.Called("key"))
	}
	certs, err := os.ReadFile(c.Cert)
	if err != nil {
		return nil, c.Fault("cert", c.Cert, "%s; choose a file that can be read", cli.Cause(err))
	}
	key, err := os.ReadFile(c.Key)
	if err != nil {
		return nil, c.Fault("key", c.Key, "%s; choose a file that can be read", cli.Cause(err))
	}
	pair, err := tls.X509KeyPair(certs, key)
	if err != nil {
		return nil, certificateFault(c, certs, key)
	}
	return &pair, nil
}

// certificateFault finds out why a certificate and a key cannot be used.
func certificateFault(c *config.Certificate, certs, key []byte) error {
	first := pemBlock(certs, func(kind string) bool { return kind == "CERTIFICATE" })
	if first == nil {
		return c.Fault("cert", c.Cert, "no certificate in it; expected PEM")
	}
	if _, err := x509.ParseCertificate(first.Bytes); err != nil {
		return c.Fault("cert", c.Cert, "the certificate in it is damaged")
	}
	own := pemBlock(key, func(kind string) bool { return strings.HasSuffix(kind, "PRIVATE KEY") })
	if own == nil {
		return c.Fault("key", c.Key, "no key in it; expected PEM")
	}
	_, pkcs8 := x509.ParsePKCS8PrivateKey(own.Bytes)
	_, pkcs1 := x509.ParsePKCS1PrivateKey(own.Bytes)
	_, ec := x509.ParseECPrivateKey(own.Bytes)
	switch {
	case strings.HasPrefix(own.Type, "ENCRYPTED"), own.Headers["DEK-Info"] != "":
		return c.Fault("key", c.Key, "the key in it needs a password; write it without one, as openssl pkey does")
	case pkcs8 != nil && pkcs1 != nil && ec != nil:
		return c.Fault("key", c.Key, "the key in it is damaged")
	}
	return c.Fault("key", c.Key, "it is not the key of the certificate in %s", c.Cert)
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

// trusting is what routes say about certificates of back ends.
type trusting struct{ ca, name, cert, key string }

func trustingOf(r *config.Route) trusting {
	return trusting{r.BackendCA, r.BackendName, r.BackendCert, r.BackendKey}
}

// backendTLS gives the routes in list what they need for back ends with certificates. All of the
// settings have to be right, and a mistake that several routes share is told once.
func (o *options) backendTLS(list target.Routes) error {
	var wrong []error
	known := map[trusting]*tls.Config{{}: nil}
	for _, r := range o.Routes {
		key := trustingOf(r)
		if _, ok := known[key]; !ok {
			cfg, err := clientTLS(r)
			known[key], wrong = cfg, append(wrong, err)
		}
	}
	for _, r := range list {
		r.TLS = known[trustingOf(r.Route)]
	}
	return errors.Join(wrong...)
}

// clientTLS reads the files of a route for back ends with certificates.
func clientTLS(r *config.Route) (*tls.Config, error) {
	cfg := &tls.Config{ServerName: r.BackendName, MinVersion: tls.VersionTLS12}
	var wrong []error
	if r.BackendCA != "" {
		text, err := os.ReadFile(r.BackendCA)
		cfg.RootCAs = x509.NewCertPool()
		switch {
		case err != nil:
			wrong = append(wrong, r.Fault("backend-ca", r.BackendCA, "%s; choose a file that can be read", cli.Cause(err)))
		case !cfg.RootCAs.AppendCertsFromPEM(text):
			wrong = append(wrong, r.Fault("backend-ca", r.BackendCA, "no certificate in it; expected PEM"))
		}
	}
	if r.BackendCert != "" || r.BackendKey != "" {
		pair, err := certificate(r.BackendPair())
		if err == nil {
			cfg.Certificates = []tls.Certificate{*pair}
		}
		wrong = append(wrong, err)
	}
	return cfg, errors.Join(wrong...)
}
