package gateway

import (
	"crypto/x509"
	"time"
)

// expiries tells when the certificate in each file ends, the first of its chain that does.
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
