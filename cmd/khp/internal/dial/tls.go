package dial

import (
	"crypto/tls"
	"errors"

	"example.com/khp/cmd/khp/internal/cli"
)

// tls makes the settings of TLS from --ca, --cert, --key and --insecure; nil without them.
func (o *options) tls() (*tls.Config, error) {
	if o.ca == "" && o.cert == "" && o.key == "" && !o.insecure {
		return nil, nil
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: o.insecure}
	switch {
	case o.insecure && o.ca != "":
		return nil, cli.Usagef("--insecure and --ca exclude each other: " +
			"with --insecure no certificate is checked")
	case o.key != "" && o.cert == "":
		return nil, cli.Usagef("--key %s: needs --cert as well", o.key)
	case o.ca != "":
		pool, err := cli.Authorities(o.ca)
		if err != nil {
			return nil, cli.Usagef("--ca %s: %s", o.ca, err)
		}
		cfg.RootCAs = pool
	}
	if o.cert == "" {
		return cfg, nil
	}
	key := o.key
	if key == "" {
		key = o.cert
	}
	pair, err := cli.KeyPair(o.cert, key)
	var ofKey *cli.KeyError
	switch {
	case errors.As(err, &ofKey) && o.key == "":
		return nil, cli.Usagef("--cert %s: %s, or give the file of the key with --key", o.cert, err)
	case errors.As(err, &ofKey):
		return nil, cli.Usagef("--key %s: %s", o.key, err)
	case err != nil:
		return nil, cli.Usagef("--cert %s: %s", o.cert, err)
	}
	cfg.Certificates = append(cfg.Certificates, *pair)
	return cfg, nil
}
