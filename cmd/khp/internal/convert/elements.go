package convert

// verdict is the result of the conversion of an element.
type verdict string

const (
	taken     verdict = "taken"
	different verdict = "different"
	lost      verdict = "lost"
)

// element is a row of the table: the conversion of the elements with that key, and its reason.
type element struct {
	key     string
	verdict verdict
	note    string
}

// elements are all that the converter knows. The table in docs/operating.md has the same rows. A
// key is the name of an element, with a word of its value behind it where that decides.
var elements = []element{
	{"properties", taken, "their values are put in where `${NAME}` stands"},
	{"service", taken, "one route for each path"},
	{"service-defaults", taken, "they count for each route whose service says nothing itself"},
	{"name", different, "only as a remark here: logs and metrics name the path"},
	{"description", different, "of a realm: the realm of the challenge; of a service: left out"},
	{"accept ws", taken,
		"port and path; the host of a URL is not compared, so that clients of every name are served"},
	{"accept wss", taken, "a listener with `tls` beside that for `ws`; " +
		"a file of its own if wss has other services than ws"},
	{"accept http", lost, "khp serves no pages: keep a web server for them"},
	{"accept other", lost,
		"nothing but WebSocket is accepted: a tunnel of the system (ssh, WireGuard)"},
	{"connect tcp", taken, "`tcp://host:port`"},
	{"connect ws", taken, "the same URL"},
	{"connect ssl", taken, "`tls://host:port`"},
	{"connect other", lost,
		"no back end of that kind: lead the route to one that speaks TCP or WebSocket"},
	{"balance", taken,
		"the service becomes a member of the balancer with that URL, if it is in the same file"},
	{"notify", lost, "no push notifications: a back end of your own"},
	{"cluster", lost, "members do not find each other: list them in `balance:URL,URL`"},
	{"type echo", taken, "`echo`"},
	{"type proxy", taken, "the target that `connect` names"},
	{"type amqp.proxy", different, "a plain TCP back end: nothing puts user and virtual host into " +
		"the conversation, so clients choose their own; restrict them at the broker"},
	{"type balancer", taken,
		"`balance:` with the members of this file; add those of other machines by hand"},
	{"type http.redirect", different, "`redirect:` for WebSocket clients; HTTP needs a web server"},
	{"type directory", lost, "use a web server for pages"},
	{"type jms", lost, "no adapter: lead the route to the broker's own WebSocket or STOMP listener"},
	{"type http.proxy", lost, "HTTP needs a web server"},
	{"type broadcast", lost, "a back end of your own"},
	{"type management", lost, "for watching there is `metrics`; sessions cannot be listed or ended"},
	{"type update.check", lost, "nothing asks for newer versions"},
	{"type other", lost, "no service of that type: a back end of your own"},
	{"maximum.pending.bytes", different,
		"one message is held for a slow reader, then its back end waits"},
	{"maximum.recovery.interval", different,
		"while a back end is down each client gets 503 with Retry-After; the path stays"},
	{"prepared.connection.count", lost,
		"each client's connection to the back end is made when it comes"},
	{"virtual.host", lost, "clients choose their virtual host: restrict users at the broker"},
	{"directory properties", lost, "settings of the web server that serves the pages"},
	{"location", different, "the URL of `redirect:` for `http.redirect`; a directory's is lost"},
	{"accept-options", taken, "option by option, as below"},
	{"connect-options", taken, "option by option, as below"},
	{"*.bind", taken, "the address to listen on; on connections to back ends it is lost"},
	{"*.transport", lost, "WebSocket runs over TCP or TLS only"},
	{"ws.maximum.message.size", taken, "`max-message` of the route, in both directions"},
	{"ws.inactivity.timeout", taken, "`inactivity-timeout` of the route"},
	{"http.keepalive", different,
		"fixed: 10 seconds for the opening request, a minute for a silent plain HTTP connection"},
	{"http.server.header", lost, "no Server field is sent"},
	{"ssl.*", lost,
		"TLS 1.2 and later with the ciphers of Go; for others put a TLS terminator in front"},
	{"ssl.verify-client", lost,
		"client certificates are not asked for: a TLS terminator in front can"},
	{"socks.*", lost, "no reverse connectivity: a tunnel of the system (ssh, WireGuard)"},
	{"tcp.maximum.outbound.rate", lost, "no limit of rates: the system's traffic control (tc)"},
	{"security", taken, "element by element, as below"},
	{"realm", different, "a guard of each path that names it, with its own name"},
	{"realm-name", taken, "`auth` of the path, where authorization-constraint asks for users"},
	{"authentication", taken, "element by element, as below"},
	{"http-challenge-scheme Basic", different,
		"the challenge comes inside the handshake, so that a browser shows no dialog of its own"},
	{"http-challenge-scheme Application Basic", taken, "`scheme: basic`, which is the default"},
	{"http-challenge-scheme Application Token", lost, "the check of tokens was code of yours: " +
		"list tokens with `scheme: token`, check signed ones with `jwt`, " +
		"or have a server of yours asked with `url`; until then the path is closed"},
	{"http-challenge-scheme other", lost,
		"no such scheme: have a server of yours asked with `url`; until then the path is closed"},
	{"http-header", different, "the same name below `auth` of the route, with `scheme: " +
		"token` or `bearer`: add it where you open the path to tokens"},
	{"http-query-parameter", different, "the same name below `auth` of the route, with `scheme: " +
		"token` or `bearer`: add it where you open the path to tokens"},
	{"http-cookie", different, "the same name below `auth` of the route, with `scheme: " +
		"token` or `bearer`: add it where you open the path to tokens"},
	{"authorization-mode", lost, "khp always challenges and checks by itself"},
	{"authorization-timeout", lost, "a login takes as long as the handshake may take"},
	{"session-timeout", different, "`session-lifetime` of each path that names the realm: " +
		"the time counts from the login, and the connection is closed with 1008"},
	{"login-module file", taken, "with the jaas-config.xml on the command line: its users, " +
		"with hashed passwords, in htpasswd files"},
	{"login-module other", lost, "have a server of yours asked with `url`, " +
		"which may ask a directory (LDAP, Kerberos); until then the path is closed"},
	{"success", lost, "there is one check, which is required"},
	{"user-principal-class", different, "the user's name stands in the log as `user`"},
	{"authorization-constraint", different,
		"the path asks for credentials, and so does everything below it"},
	{"require-role", taken,
		"an htpasswd file with the users of the role; several roles: who has all of them"},
	{"require-valid-user", taken, "an htpasswd file with all users"},
	{"cross-site-constraint", taken, "`allow-origin` of the route"},
	{"allow-origin", taken, "`allow-origin` of the route"},
	{"allow-methods", lost, "not needed: no request but the handshake takes part"},
	{"keystore", different, "PEM files, made by the commands at the end"},
	{"truststore", different, "`backend-ca`, a PEM file made by the commands at the end"},
	{"mime-mapping", lost, "a setting of the web server that serves the pages"},
	{"emulation", lost,
		"clients whose network lets no WebSocket through get 404, and report the failure"},
	{"plain WebSocket", taken,
		"`plain: true`: clients that speak no KHP are served on the same URLs, as at the gateway"},
	{"role", taken, "a name; users have theirs in htpasswd files"},
	{"user", taken, "a line in each htpasswd file whose roles it has, the password as a bcrypt hash"},
}

// find returns the row with that key; nil if the converter does not know it.
func find(key string) *element {
	for i := range elements {
		if elements[i].key == key {
			return &elements[i]
		}
	}
	return nil
}
