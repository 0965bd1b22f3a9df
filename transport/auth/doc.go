// Package auth authenticates clients, on both sides of a KHP connection: a server judges the
// credentials of extended requests, and a client answers challenges.
//
// A server has an [Authenticator]: [BasicAuth], [DigestAuth] or [TokenAuth], with [Users],
// [Tokens], files (package htpasswd below this one) or a check of your own; a gateway in front of a
// directory writes its own. Its [Verdict] becomes the answer to the request:
//
//	users := auth.BasicAuth{Realm: "khp", Check: auth.Users(passwords)}
//	h := &transport.Handler{Serve: serve, Authenticator: users}
//
// A client has a [CredentialsProvider]: [Basic], [Digest], [Token] or [Bearer], [FirstOf] to choose
// among several, or [CredentialsFunc]:
//
//	opts := &transport.DialOptions{Credentials: auth.Basic("joe", "welcome")}
//	conn, err := transport.Dial(ctx, url, opts)
//
// Formats are those of package wire. The package opens no connection; hosts that drive package
// endpoint by themselves use it with [PrepareCredentials] and [Verdict.Decision].
package auth
