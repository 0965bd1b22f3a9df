package gateway

import (
	"slices"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/gateway/guard"
	"example.com/khp/cmd/khp/internal/gateway/target"
	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/transport"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// options are the settings of khp serve, from flags and the file of --config.
type options struct {
	config.Config
	flags *pflag.FlagSet // that set fields of Config, and those below
	file  *config.File   // nil without --config

	path string // --config
	dry  bool   // --check

	prints    map[string]string // tell which settings a reload changes
	unsettled error             // mistakes in the forms of settings
}

const help = `Serve accepts KHP clients and leads each to the target of its path:

  echo                    sends every message back
  ws://..., wss://...     a WebSocket back end: messages and close codes pass in
                          both directions, the back end selects the subprotocol
                          among the client's
  khp+ws://, khp+wss://   the same for one that speaks KHP, such as a gateway
  ws+unix:SOCKET[:PATH]   a WebSocket back end on a Unix socket
  tcp://host:port         a TCP back end: its bytes are binary messages
  tls://host:port         the same inside TLS
  unix:SOCKET             the same on a Unix socket
  redirect:URL            sends clients to a URL or to a path on this server:
                          Kaazing's own with R, others with 302
  balance:URL[,URL...]    the same to the URLs in turn, past servers that accept
                          no connection; 503 if none does
  status:CODE             answers with that code and the fields it requires

Several back ends of a kind stand with commas between them, and with 3* before
one that gets three times as many connections; those that are down are passed
over. Where PATH and the path of a ws:// URL both end in / the rest of the
client's path goes along, as does its query; the back end learns the client's
address by X-Forwarded-For.

A PATH stands for itself, one that ends in / for everything below it too; the
longest one that fits counts. Anything else is answered with 404. Without
--route every path is an echo. --auth guards a path and everything below it, in
whatever way it is written: //a, /x/..%2fa and /a%2fb are guarded by --auth /a.

Clients that follow the specification and Kaazing's own (whose URL carries
.kl=Y) are both served; each connection tells which it is. Clients that speak no
KHP are served on the same URLs with --plain, or at one path with --plain=PATH;
where --auth asks for credentials they get 403.

--config names a YAML file with the same settings: "listen: :8001", and for
those of the form PATH=VALUE a list or "route: {/echo: echo}". Several listeners
and routes with settings of their own are mappings there; docs/deploy/khp.yaml
has every setting. What the command line says wins, but auth and htpasswd cannot
be in both. SIGHUP reads that file, certificates and password files again; if
one is broken, or a path would lose its guard without --no-auth, everything
stays as it was. Open connections keep their target.

--check reads everything, listens nowhere, and prints what would be served, or
each mistake in a line with its place. It exits with 0 or 2.

Once it listens, a line with the URL of each listener goes to stdout; the log
goes to stderr. GET /healthz is answered with 200 by plain HTTP, and next to the
metrics /readyz with 503 while it drains or is full. The first SIGINT or SIGTERM
drains: open connections are closed with 1001, handshakes are answered with 503.
The second one drops what is left.`

const examples = `  khp serve --demo-page
  khp serve --listen :8001 --route /echo=echo --route /jms=tcp://localhost:61613
  khp serve --route /chat=ws://10.0.0.7:9000/chat --auth /chat=joe:welcome
  khp serve --route /chat/=3*ws://10.0.0.7:9000/,ws://10.0.0.8:9000/
  khp serve --tls-cert cert.pem --tls-key key.pem \
    --allow-origin https://*.example.com
  khp serve --route /a=balance:ws://one.example/a,ws://two.example/a \
    --metrics 127.0.0.1:9090
  khp serve --config khp.yaml --check
  khp serve --config khp.yaml --trace handshakes.ndjson -v`

// Command is khp serve.
func Command(c *cli.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "serve",
		Short:   "Serve KHP clients, in a gateway's place",
		Long:    help,
		Example: examples,
		Args:    cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if check, _ := cmd.Flags().GetBool("check"); check {
				return checkSettings(c, cmd.Flags())
			}
			return serve(c, cmd.Flags())
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().AddFlagSet(newOptions().flags)
	return cmd
}

// defaultInactivity has a Ping go out every 25 seconds: proxies between clients and servers cut
// silent connections after 60 seconds, as a rule, and some after 30.
const defaultInactivity = cli.Duration(50 * time.Second)

// newOptions returns the defaults.
func newOptions() *options {
	o := &options{flags: pflag.NewFlagSet("serve", pflag.ContinueOnError)}
	o.MaxMessage, o.DrainTimeout, o.InactivityTimeout = transport.DefaultReadLimit,
		cli.Duration(10*time.Second), defaultInactivity
	o.flags.SortFlags = false
	o.addAccess(o.flags)
	o.addBackEnds(o.flags)
	o.addLimits(o.flags)
	o.addReports(o.flags)
	return o
}

// addAccess adds the flags that say what is served, and to whom.
func (o *options) addAccess(f *pflag.FlagSet) {
	f.StringVar(&o.path, "config", "", "read settings from `FILE` as well, in YAML")
	f.StringVar(&o.Listen, "listen", "127.0.0.1:8080",
		"address to listen on, `HOST:PORT` or unix:SOCKET; port 0 takes a free one")
	f.StringArrayVar((*[]string)(&o.Route), "route", nil,
		"lead a path to a target, `PATH=TARGET` (repeat)")
	f.StringArrayVar((*[]string)(&o.Plain), "plain", nil, "serve plain WebSocket clients on the "+
		"same URLs: at all routes, or at `PATH`; PATH=false leaves one out (repeat)")
	f.Lookup("plain").NoOptDefVal = "true"
	f.StringArrayVar((*[]string)(&o.Auth), "auth", nil, "ask for credentials at this path and "+
		"below, `PATH=USER:PASSWORD`; @FILE or ${VARIABLE} for PASSWORD stands for what "+
		"it holds (repeat)")
	f.StringArrayVar((*[]string)(&o.Htpasswd), "htpasswd", nil,
		"the same with the users of an htpasswd file, `PATH=FILE` (repeat)")
	f.StringArrayVar(&o.NoAuth, "no-auth", nil, "say that everybody may use this `PATH` and below, "+
		"also if --auth guarded it before a reload (repeat)")
	f.StringArrayVar((*[]string)(&o.MaxChallenges), "max-challenges", nil, "ask a client so often "+
		"for credentials, `N` or PATH=N from 1 to 255, before it is refused; 3 if not said (repeat)")
	f.StringVar(&o.Realm, "realm", guard.DefaultRealm, "realm of the challenge, `NAME`")
	f.StringVar(&o.Scheme, "scheme", "basic",
		"scheme of the challenge: `basic|digest|token|bearer`; a token is equal to PASSWORD")
	f.StringArrayVar(&o.Hosts, "hosts", nil, "own name of this server, "+
		"`HOST` as in www.example.com or *.example.com: requests for others get 421 (repeat)")
	f.StringArrayVar(&o.OutsideHost, "outside-host", nil, "accept extended requests for this "+
		"`HOST`, as clients write it where a reverse proxy puts another one in its place (repeat)")
	f.StringVar(&o.OutsidePrefix, "outside-prefix", "",
		"accept extended requests with this `PREFIX` before the path, which a reverse proxy takes away")
	f.StringArrayVar(&o.TrustedProxies, "trusted-proxies", nil, "take the word of proxies in this "+
		"`NETWORK` for the address of a client: an address or a CIDR block (repeat)")
	f.BoolVar(&o.ProxyProtocol, "proxy-protocol", false,
		"expect a PROXY header, v1 or v2, on each connection from --trusted-proxies")
	f.StringArrayVar(&o.AllowOrigin, "allow-origin", nil,
		"let pages of other origins in, `PATTERN`: [scheme://]host[:port] with * (repeat)")
	f.StringVar(&o.TLSCert, "tls-cert", "", "serve wss with this certificate, `FILE` in PEM")
	f.StringVar(&o.TLSKey, "tls-key", "", "key of the certificate, `FILE` in PEM")
}

// addBackEnds adds the flags about connections to back ends.
func (o *options) addBackEnds(f *pflag.FlagSet) {
	f.StringArrayVar(&o.ForwardFields, "forward-fields", nil,
		"give WebSocket back ends the field of this `NAME` as clients send it (repeat)")
	f.StringArrayVar(&o.ForwardCookies, "forward-cookies", nil,
		"give them the cookie of this `NAME`; \"*\" is all (repeat)")
	f.StringVar(&o.UserField, "user-field", "", "give them the user's name in the field `NAME`, "+
		"as in X-Forwarded-User, which clients cannot write")
	f.StringVar(&o.SendProxy, "send-proxy", "",
		"begin connections to back ends with a PROXY header that names the client: `v1|v2`")
	f.StringVar(&o.BackendCA, "backend-ca", "",
		"authorities to trust at wss:// and tls:// back ends, `FILE` in PEM; the system's otherwise")
	f.StringVar(&o.BackendName, "backend-name", "",
		"`NAME` that their certificates are for, if it is not the host of the target")
	f.StringVar(&o.BackendCert, "backend-cert", "", "show them this certificate, `FILE` in PEM")
	f.StringVar(&o.BackendKey, "backend-key", "", "key of --backend-cert, `FILE` in PEM")
}

// addLimits adds the flags that bound time, messages and connections.
func (o *options) addLimits(f *pflag.FlagSet) {
	f.Var(&o.InactivityTimeout, "inactivity-timeout", "send a Ping to clients silent for half of "+
		"this `TIME`, as in 30s, and drop those silent for all of it; 0 is never")
	f.Var(&o.IdleTimeout, "idle-timeout",
		"close connections without messages for this `TIME`, as in 30s or 10m; 0 is never")
	f.Var(&o.DrainOver, "drain-over", "close connections one after another over this `TIME` after a "+
		"signal, as in 30s or 2m, so that clients do not all come back at once")
	f.Var(&o.DrainTimeout, "drain-timeout",
		"how much `TIME` connections get to end after a signal, as in 30s")
	f.Var(&o.MaxMessage, "max-message",
		"largest message of clients and back ends in `BYTES`, as in 65536, 128k or 16M")
	f.Var(&o.MaxConnections, "max-connections",
		"at most `N` WebSocket connections at once, more get 503; 0 is no limit")
	f.Var(&o.MaxWaiting, "max-waiting", "have `N` clients wait for one of --max-connections to end, "+
		"a minute at most, before more get 503")
	f.Var(&o.MaxPerAddress, "max-per-address",
		"at most `N` of one client address, more get 503; 0 is no limit")
}

// addReports adds the flags about metrics, traces and the log.
func (o *options) addReports(f *pflag.FlagSet) {
	f.StringVar(&o.Metrics, "metrics", "",
		"serve /metrics for Prometheus, /healthz and /readyz at `HOST:PORT`")
	f.StringVar(&o.Trace, "trace", "",
		"write every step of every handshake to `FILE` as NDJSON, for khp replay (overwritten)")
	f.StringVar(&o.Log, "log", "text", "form of the log on stderr: `text|json`")
	f.BoolVar(&o.DemoPage, "demo-page", false, "answer a browser's GET / with a page that speaks KHP")
	f.BoolVarP(&o.Verbose, "verbose", "v", false, "log every step of every handshake")
	f.BoolVar(&o.dry, "check", false,
		"read all settings and files, print what would be served or every mistake, and end")
}

// readOptions reads the file of --config, if there is one, below the settings of the command line.
// An error may join several; the options are those read so far.
func readOptions(given *pflag.FlagSet) (*options, error) {
	o := newOptions()
	given.Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, v := range values {
			_ = o.flags.Set(f.Name, v) // has been taken before; --help is not among ours
		}
	})
	if o.path != "" {
		var err error
		o.file, err = config.Load(o.path, o.flags, &o.Config, config.Settings{
			Fresh: func() *pflag.FlagSet { return newOptions().flags }, Whole: guards, Shown: shownValue,
		})
		if err != nil {
			return o, err
		}
	}
	o.prints = o.Prints()
	o.unsettled = o.Settle(shownValue)
	return o, nil
}

// unused finds a setting that would have no effect, or a bad one: the setting that it belongs to
// may have been forgotten.
func (o *options) unused(list target.Routes, who *guard.Guard) error {
	given := func(flag string) bool { return o.flags.Lookup(flag).Changed }
	for _, l := range o.Listeners {
		if r, server := list.Circle(l.Address); r != nil {
			return r.Fault("target", target.Shown(r.Target),
				"%s is this server, which would send clients in a circle", observe.WithoutQueries(server))
		}
	}
	guarded := len(o.Auth) > 0 || len(o.Htpasswd) > 0 ||
		slices.ContainsFunc(o.Routes, func(r *config.Route) bool { return r.Auth != nil })
	switch {
	case given("realm") && !guarded:
		return cli.Usagef("--realm %s: nobody is asked for credentials; add --auth or --htpasswd",
			o.Realm)
	case given("scheme") && !guarded:
		return cli.Usagef("--scheme %s: nobody is asked for credentials; add --auth or --htpasswd",
			o.Scheme)
	case given("realm") && o.Scheme == "token":
		return cli.Usagef("--realm %s: --scheme token has no realm; leave one of them out", o.Realm)
	case o.MaxWaiting > 0 && o.MaxConnections == 0:
		return cli.Usagef("--max-waiting %d: without --max-connections nobody has to wait; set both",
			o.MaxWaiting)
	case given("user-field") && !guarded:
		return cli.Usagef("--user-field %s: nobody is asked for credentials, "+
			"so that there are no names; add --auth or --htpasswd", o.UserField)
	}
	for _, r := range list {
		if r.Says("user-field") && !who.Asks(r.Path) {
			return r.Fault("user-field", r.UserField,
				"nobody is asked for credentials at this route, so that there are no names; add auth")
		}
	}
	return o.unusedByBackends(list)
}

// unusedByBackends finds settings for kinds of back ends that there are none of.
func (o *options) unusedByBackends(list target.Routes) error {
	for _, kind := range []struct {
		text  string
		is    func(r *target.Route) bool
		flags []string
	}{
		{"wss:// or tls:// back end", (*target.Route).Secure,
			[]string{"backend-ca", "backend-name", "backend-cert", "backend-key"}},
		{"WebSocket back end", (*target.Route).WebSocket,
			[]string{"forward-fields", "forward-cookies", "user-field"}},
		{"back end", (*target.Route).BackEnd, []string{"send-proxy"}},
	} {
		for _, flag := range kind.flags {
			for _, r := range list {
				if r.Says(flag) && !kind.is(r) {
					return r.Fault(flag, "", "its target is no %s", kind.text)
				}
			}
			if f := o.flags.Lookup(flag); f.Changed && !slices.ContainsFunc(list, kind.is) {
				return cli.Usagef("--%s %s: no --route leads to a %s", flag, f.Value, kind.text)
			}
		}
	}
	return nil
}

// guards are the flags of which the command line does not take the place of the file: a path that
// only the file guards would be open.
var guards = []string{"auth", "htpasswd"}

// shownValue is the value of a flag without secrets, for errors.
func shownValue(flag, value string) string {
	switch flag {
	case "auth":
		return guard.HidePassword(value)
	case "route":
		return target.Hide(value)
	case "target":
		return target.Shown(value)
	}
	return value
}
