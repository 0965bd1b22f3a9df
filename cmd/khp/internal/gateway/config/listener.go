package config

// Listener is one address that is listened on.
type Listener struct {
	At
	// Address to listen on, HOST:PORT; port 0 takes a free one. Changes only with a restart.
	Address string `yaml:"address"`
	// Certificates, of which each client gets the one for the name that it asks for, or else the
	// first; none at all is ws without TLS.
	TLS []*Certificate `yaml:"tls"`
	// Networks of proxies whose word is taken for the address of a client here: addresses or CIDR
	// blocks. Left out, those of the document.
	TrustedProxies []string `yaml:"trusted-proxies"`
	// Expect a PROXY header, v1 or v2, on each connection from trusted-proxies.
	ProxyProtocol bool `yaml:"proxy-protocol"`
}

// Scheme is ws or wss.
func (l *Listener) Scheme() string {
	if len(l.TLS) > 0 {
		return "wss"
	}
	return "ws"
}

// Certificate is a certificate with its key.
type Certificate struct {
	At
	// Certificate with its chain, a file in PEM.
	Cert string `yaml:"cert" holds:"file"`
	// Key of the certificate, a file in PEM.
	Key string `yaml:"key" holds:"file"`
}
