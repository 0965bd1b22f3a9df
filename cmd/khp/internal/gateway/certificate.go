package gateway

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"

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
	pair, err := cli.KeyPair(c.Cert, c.Key)
	var ofKey *cli.KeyError
	switch {
	case errors.As(err, &ofKey):
		return nil, c.Fault("key", c.Key, "%s", err)
	case err != nil:
		return nil, c.Fault("cert", c.Cert, "%s", err)
	}
	return pair, nil
}

// trusting holds the settings of routes about certificates of back ends.
type trusting struct{ ca, name, cert, key string }

func trustingOf(r *config.Route) trusting {
	return trusting{r.BackendCA, r.BackendName, r.BackendCert, r.BackendKey}
}

// backendTLS gives the routes in list their settings for back ends with certificates. All settings
// have to be right, and a mistake that several routes share is reported once.
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
		pool, err := cli.Authorities(r.BackendCA)
		if err != nil {
			wrong = append(wrong, r.Fault("backend-ca", r.BackendCA, "%s", err))
		}
		cfg.RootCAs = pool
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

// expiries returns the end of the certificate in each file, that of the first in its chain to end.
func expiries(fronts []*front) map[string]time.Time {
	ends := make(map[string]time.Time)
	for _, f := range fronts {
		secure := f.options.Load().TLSConfig
		if secure == nil {
			continue
		}
		for i, c := range f.TLS { // in the same order
			for _, der := range secure.Certificates[i].Certificate {
				cert, err := x509.ParseCertificate(der)
				if err != nil {
					continue
				}
				if end, known := ends[c.Cert]; !known || cert.NotAfter.Before(end) {
					ends[c.Cert] = cert.NotAfter
				}
			}
		}
	}
	return ends
}
