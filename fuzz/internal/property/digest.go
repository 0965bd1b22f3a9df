package property

import (
	"bytes"

	"example.com/khp/internal/scan"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
)

// Digest parses b as a Digest challenge and as the credentials that answer one. A challenge that is
// understood can be written again and is answered, the answer parses, and the server's check takes
// it for the right password and no other. Credentials of any bytes never verify by themselves. [RFC
// 7616]
func Digest(b []byte, user, password string) error {
	before := bytes.Clone(b)
	answer, err := credentials.ParseDigest(b)
	if err != nil && wire.KindOf(err) != wire.KindCredentials {
		return broken("credentials are refused as %v", err)
	}
	if err == nil && answer.Verify("not a hash", "GET") {
		return broken("%q verifies for a user without a password", b)
	}
	list, err := wire.ParseChallenges(nil, append([]byte("Digest "), b...))
	if !bytes.Equal(b, before) {
		return broken("the input was changed: %q", b)
	}
	if err != nil {
		return nil
	}
	challenge, err := credentials.ParseDigestChallenge(list[0])
	if err != nil {
		if k := wire.KindOf(err); k != wire.KindChallenge {
			return broken("a challenge is refused as %v", err)
		}
		return nil
	}
	if err := rewritten(challenge); err != nil {
		return err
	}
	return answered(challenge, user, password)
}

// rewritten writes a challenge and reads it again.
func rewritten(challenge credentials.DigestChallenge) error {
	text, err := credentials.AppendDigestChallenge(nil, challenge)
	if err != nil {
		return nil // a challenge that can be read need not be one that may be sent
	}
	list, err := wire.ParseChallenges(nil, text)
	if err != nil || len(list) != 1 {
		return broken("%q was written and is %d challenges, %v", text, len(list), err)
	}
	again, err := credentials.ParseDigestChallenge(list[0])
	if err != nil || again != challenge {
		return broken("%+v was written as %q and read as %+v, %v", challenge, text, again, err)
	}
	return nil
}

// answered lets a client answer and a server check.
func answered(challenge credentials.DigestChallenge, user, password string) error {
	use := credentials.DigestUse{User: user, Password: password, Method: "GET", URI: "/path?q",
		CNonce: "0a4f113b", Count: 1}
	value, err := credentials.AppendDigest(nil, challenge, use)
	if err != nil {
		return nil
	}
	scheme, rest, ok := credentials.Split(value)
	if !ok || string(scheme) != "Digest" || !scan.ValidValue(value) {
		return broken("credentials %q", value)
	}
	got, err := credentials.ParseDigest(rest)
	switch {
	case err != nil:
		return broken("our own credentials %q: %w", value, err)
	case got.Realm != challenge.Realm || got.Nonce != challenge.Nonce || got.URI != use.URI:
		return broken("credentials %q say %+v", value, got)
	case !got.Matches(user):
		return broken("credentials %q are not of %q", value, user)
	case !got.Verify(challenge.Algorithm.HA1(user, challenge.Realm, password), "GET"):
		return broken("credentials %q do not verify", value)
	case got.Verify(challenge.Algorithm.HA1(user, challenge.Realm, password+"x"), "GET"):
		return broken("credentials %q verify with another password", value)
	case got.Verify(challenge.Algorithm.HA1(user, challenge.Realm, password), "POST"):
		return broken("credentials %q verify for another method", value)
	}
	return nil
}
