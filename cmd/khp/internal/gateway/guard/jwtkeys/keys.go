// Package jwtkeys checks JSON Web Tokens (RFC 7519) by the public keys of a file, a JSON Web Key
// Set (RFC 7517).
package jwtkeys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"github.com/go-jose/go-jose/v4"
)

const (
	longestFile = 1 << 20
	leastRSA    = 2048 // bits
)

// key is one that may sign tokens.
type key struct {
	id    string
	value any
	algs  []jose.SignatureAlgorithm // that fit its type
}

// readKeys reads the keys of a file that are for signatures. A key that cannot be used is refused,
// unless it is for something else: one that is left out silently would refuse its tokens.
func readKeys(name string) ([]key, error) {
	info, err := os.Stat(name)
	if err == nil && info.Size() > longestFile {
		return nil, fmt.Errorf("it is longer than %d bytes", longestFile)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil || set.Keys == nil {
		return nil, errors.New(`it is no JSON Web Key Set; expected {"keys": [...]}`)
	}
	var list []key
	for i, raw := range set.Keys {
		k, err := parseKey(raw)
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", i+1, err)
		}
		if k == nil {
			continue
		}
		if k.id != "" && slices.ContainsFunc(list, func(other key) bool { return other.id == k.id }) {
			return nil, fmt.Errorf("key %d: another one has the same kid %s",
				i+1, strconv.QuoteToASCII(k.id))
		}
		list = append(list, *k)
	}
	if len(list) == 0 {
		return nil, errors.New("no key in it is for signatures")
	}
	return list, nil
}

// parseKey reads a key; nil is one for something else than signatures.
func parseKey(raw json.RawMessage) (*key, error) {
	var head struct {
		Use string `json:"use"`
		Alg string `json:"alg"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, errors.New("it is no JSON object with texts for use and alg")
	}
	if head.Use == "enc" {
		return nil, nil
	}
	var k jose.JSONWebKey
	err := k.UnmarshalJSON(raw)
	// Valid knows public and private keys only.
	if _, shared := k.Key.([]byte); err != nil || !shared && !k.Valid() {
		return nil, errors.New("it is damaged, or of a type that is not known; expected RSA, EC, " +
			"OKP with Ed25519, or oct")
	}
	algs, err := algorithms(k.Key)
	if err != nil {
		return nil, err
	}
	if k.Algorithm != "" {
		if !slices.Contains(algs, jose.SignatureAlgorithm(k.Algorithm)) {
			return nil, fmt.Errorf("its alg %s does not fit its type; expected one of %v",
				strconv.QuoteToASCII(k.Algorithm), algs)
		}
		algs = []jose.SignatureAlgorithm{jose.SignatureAlgorithm(k.Algorithm)}
	}
	return &key{id: k.KeyID, value: k.Key, algs: algs}, nil
}

// algorithms are those that fit a key: it is never the token that chooses another kind.
func algorithms(key any) ([]jose.SignatureAlgorithm, error) {
	switch k := key.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() < leastRSA {
			return nil, fmt.Errorf("an RSA key of %d bits is too short; make one of %d or more",
				k.N.BitLen(), leastRSA)
		}
		return []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512, jose.PS256,
			jose.PS384, jose.PS512}, nil
	case *ecdsa.PublicKey:
		switch k.Curve.Params().BitSize {
		case 256:
			return []jose.SignatureAlgorithm{jose.ES256}, nil
		case 384:
			return []jose.SignatureAlgorithm{jose.ES384}, nil
		case 521:
			return []jose.SignatureAlgorithm{jose.ES512}, nil
		}
	case ed25519.PublicKey:
		return []jose.SignatureAlgorithm{jose.EdDSA}, nil
	case []byte:
		switch {
		case len(k) >= 64:
			return []jose.SignatureAlgorithm{jose.HS256, jose.HS384, jose.HS512}, nil
		case len(k) >= 48:
			return []jose.SignatureAlgorithm{jose.HS256, jose.HS384}, nil
		case len(k) >= 32:
			return []jose.SignatureAlgorithm{jose.HS256}, nil
		}
		return nil, fmt.Errorf("a shared key of %d bytes is too short; make one of 32 or more", len(k))
	case *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey:
		return nil, errors.New("it is a private key, with which anybody could sign; " +
			"put the public one here")
	}
	return nil, errors.New("its type is not known; expected RSA, EC with P-256, P-384 or P-521, " +
		"OKP with Ed25519, or oct")
}
