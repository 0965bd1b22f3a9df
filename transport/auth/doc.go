// Package auth says who a client is, on both sides of a KHP connection: a server authenticates
// extended requests, and a client answers challenges.
//
// A server has an [Authenticator]: [BasicAuth], [DigestAuth] or [TokenAuth], with [Users],
// [Tokens], files (package htpasswd below this one) or a check of your own; a gateway in front of a
// directory writes its own. Its [Verdict] becomes the answer to the request:
//
//	h := &transport.Handler{Serve: serve, Authenticator: auth.BasicAuth{Realm: "khp", Check: auth.Users(passwords)}}
//
// A client has a [CredentialsProvider]: [Basic], [Digest], [Token] or [Bearer], [FirstOf] to choose
// among several, or [CredentialsFunc]:
//
//	conn, err := transport.Dial(ctx, url, &transport.DialOptions{Credentials: auth.Basic("joe", "welcome")})
//
// Formats are those of package wire. The package opens no connection; hosts that drive package
// endpoint by themselves use it with [PrepareCredentials] and [Verdict.Decision].
package auth
