package credentials_test

import (
	"fmt"

	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
)

// A client answers a Digest challenge, and a server that keeps only hashes checks the answer.
func ExampleAppendDigest() {
	challenges, _ := wire.ParseChallenges(nil,
		[]byte(`Digest realm="khp", qop="auth", algorithm=SHA-256, nonce="e5a1"`))
	challenge, err := credentials.ParseDigestChallenge(challenges[0])
	if err != nil {
		fmt.Println(err)
		return
	}
	value, err := credentials.AppendDigest(nil, challenge, credentials.DigestUse{
		User: "joe", Password: "welcome", Method: "GET", URI: "/echo", CNonce: "91b7", Count: 1,
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	kept := credentials.DigestSHA256.HA1("joe", "khp", "welcome")
	_, rest, _ := credentials.Split(value)
	got, err := credentials.ParseDigest(rest)
	fmt.Println(got.User, got.Nonce, got.Count, err)
	fmt.Println(got.Verify(kept, "GET") && got.URI == "/echo")
	// Output:
	// joe e5a1 1 <nil>
	// true
}
