// Package dial is khp dial: a client of KHP at a terminal or in a script.
package dial

import (
	"example.com/khp/cmd/khp/internal/cli"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const help = `Dial connects to a ws:// or wss:// URL, follows redirects, answers challenges,
and then talks: each line of stdin is sent as a text message, each message that
comes is printed as a line, binary ones in hexadecimal. The end of stdin closes
with 1000, after the answers that are still on their way. http:// and https://
stand for ws:// and wss://. Characters that would control a terminal, turn text
around or be invisible are printed as escapes, such as \x1b or \u202e, to a pipe
as well; --json and --raw are exact.

At a terminal > marks what is sent and < what comes, and a line tells when the
connection is open; in pipes and files there is nothing but the messages. Lines
of up to 4096 characters can be edited, the arrow keys bring back earlier ones
(--history keeps them for the next time), and Ctrl-D closes. Lines from a pipe
have up to 16 MiB; a message of any size comes from --send-file.

With --send (or --send-file) it sends each, waits for an answer to each, prints
that, and closes. With --wait forever it stays and prints what comes, whatever
is sent, until the server closes or Ctrl-C: to listen only, have no input
(< /dev/null). --ping keeps such a connection alive and notices a dead server.

The fields of --header and --opening-header, whatever they are, go to the
scheme, host and port of the URL only; a redirect to another place goes without
them, and credentials of --user and --token are sent to no other place either.
-v and --trace show them as [redacted].

With --json the event close tells what the peer closed with in code and reason,
and what was sent to it in sent and sent_reason; 1005 is a Close without a code.

Exit codes: 0 done, also if the server closed with 1000, with 1001 (it goes
away) or without a code when all that --send sent was answered and every line of
the input was sent; 1 the handshake failed, or the connection broke, closed
otherwise or before that; 2 usage; 3 the target cannot be reached.`

const examples = `  khp dial ws://127.0.0.1:8080/
  khp dial ws://127.0.0.1:8080/ --send hello --send world
  khp dial ws://127.0.0.1:8080/a -u joe:welcome -v
  khp dial ws://127.0.0.1:8080/news --wait forever --ping 30s < /dev/null
  khp dial wss://gateway.example/jms --profile kaazing --protocol x-kaazing-jms
  khp dial ws://127.0.0.1:8080/ --send-file a.png --binary --raw > b.png
  khp dial ws://127.0.0.1:8080/ --send ping --count 1000 --json | jq .event`

// Command is khp dial.
func Command(c *cli.Env) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:     "dial URL",
		Short:   "Connect to a KHP server, by hand or from a script",
		Long:    help,
		Example: examples,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Usagef("khp dial takes one URL, got %d, as in khp dial ws://127.0.0.1:8080/; "+
					"see khp dial --help", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return dial(c, args[0], &o) },
	}
	o.flags(cmd.Flags())
	return cmd
}

// flags declares the flags.
func (o *options) flags(f *pflag.FlagSet) {
	f.SortFlags = false
	o.addHandshake(f)
	o.addMessages(f)
	o.addConnection(f)
	o.addReports(f)
}

// addHandshake adds the flags about the two requests.
func (o *options) addHandshake(f *pflag.FlagSet) {
	f.StringVar(&o.profile, "profile", "spec", "how the server speaks KHP: `spec|kaazing|auto`")
	f.StringArrayVar(&o.protocols, "protocol", nil,
		"offer this application `SUBPROTOCOL` (repeat, best first)")
	f.StringArrayVar(&o.extensions, "extension", nil, "ask for this `EXTENSION`, "+
		"with parameters (repeat); x-kaazing-idle-timeout and x-kaazing-ping-pong are also run")
	f.StringVarP(&o.user, "user", "u", "", "answer Basic and Digest challenges, `NAME:PASSWORD`; "+
		"NAME alone asks for the password at the terminal; @FILE or ${VARIABLE} for PASSWORD stands "+
		"for what it holds, @@ at its beginning for @")
	f.StringVar(&o.token, "token", "",
		"answer Token and Bearer challenges, `TEXT`, or @FILE or ${VARIABLE} that holds it")
	f.StringArrayVarP(&o.header, "header", "H", nil, "further field of the extended request, "+
		"`'NAME: VALUE'`, as curl has them: 'NAME;' has an empty value, 'NAME:' is left out, "+
		"@FILE has one in each line, and @- is the standard input; does not follow redirects to other "+
		"servers (repeat)")
	f.StringArrayVar(&o.opening, "opening-header", nil, "further field of the opening request, "+
		"such as Origin or Cookie, `'NAME: VALUE'` and so on; does not follow redirects to other "+
		"servers (repeat)")
}

// addMessages adds the flags about the messages of the open connection, and its end.
func (o *options) addMessages(f *pflag.FlagSet) {
	f.StringArrayVar(&o.send, "send", nil,
		"send this `TEXT`, which may be empty, and print the answer (repeat)")
	cli.MayBeEmpty(f, "send")
	f.StringArrayVar(&o.sendFiles, "send-file", nil, "send the content of this `FILE` as one "+
		"message, after the texts; - is the standard input (repeat)")
	f.BoolVar(&o.binary, "binary", false, "send everything as binary messages")
	f.BoolVar(&o.raw, "raw", false, "print nothing but the bytes of the messages")
	f.IntVar(&o.count, "count", 1, "send all of it `N` times")
	o.wait.Duration = cli.Duration(defaultWait)
	f.Var(&o.wait, "wait", "how much `TIME` an answer may take, and the server to read a message, "+
		"as in 500ms or 1m, and a second more for each MiB of it; 0 does not wait for answers; "+
		"forever sends without waiting, and prints what comes until the server closes or Ctrl-C")
	f.Var(&o.ping, "ping", "send a Ping at intervals of this `TIME`, as in 30s; "+
		"a server that does not answer one within --wait (5s for 0 and forever) is given "+
		"up; 0 sends none")
	f.StringVar(&o.closing, "close", "1000", "close with this `CODE[:REASON]`")
}

// addConnection adds the flags about the way to the server.
func (o *options) addConnection(f *pflag.FlagSet) {
	f.IntVar(&o.maxRedirects, "max-redirects", 5, "follow at most `N` redirects, 0 to 20")
	f.Var(&o.timeout, "timeout",
		"how much `TIME` the whole attempt may take, redirects included, as in 30s")
	f.BoolVar(&o.plain, "plain", false,
		"be content with a plain WebSocket if the server does not speak KHP, which is offered last then")
	f.BoolVarP(&o.insecure, "insecure", "k", false, "do not check the certificate of the server")
	f.StringVar(&o.ca, "ca", "", "trust servers with certificates of the authorities in this `FILE` "+
		"in PEM, instead of the system's")
	f.StringVar(&o.cert, "cert", "", "show servers that ask for one this certificate, "+
		"`FILE` in PEM, which may hold the key as well; also where redirects lead")
	f.StringVar(&o.key, "key", "", "key of --cert, `FILE` in PEM")
	f.StringVar(&o.connectTo, "connect-to", "",
		"make every TCP connection to `HOST:PORT`, whatever the URL or a redirect says")
	f.StringVar(&o.proxy, "proxy", "env", "go through this proxy, `URL|env|none`, of http://, "+
		"https:// or socks5://; env is what HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say")
	f.IntVar(&o.retry, "retry", 1, "try `N` times in all, with growing pauses, "+
		"after what passes in a restart: a connection that is refused, reset or dropped, "+
		"no answer in time, Close 1001, 1012 or 1013, and 408, 429, 502, 503, "+
		"504 or any Retry-After (but no other 4xx); -1 tries until --timeout or Ctrl-C")
}

// addReports adds the flags about traces and the output.
func (o *options) addReports(f *pflag.FlagSet) {
	f.StringVar(&o.trace, "trace", "", "write every step of the handshake to `FILE`, one JSON "+
		"object per line (overwritten; credentials and cookies are left out, URLs have their queries)")
	f.BoolVar(&o.json, "json", false,
		"print one JSON object per line: events open, message, close and fail")
	f.StringVar(&o.history, "history", "", "keep the lines typed at a terminal in `FILE`")
	f.BoolVarP(&o.verbose, "verbose", "v", false,
		"show the handshake on stderr, with the time since the start; secrets are left out")
}
