package gateway

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/listen"
	"example.com/khp/cmd/khp/internal/gateway/target"
	"github.com/spf13/pflag"
)

// checkSettings is khp serve --check: it reads what a start would read, listens nowhere, asks no
// other host, writes no file, and prints what would be served or all faults.
func checkSettings(c *cli.Env, given *pflag.FlagSet) error {
	o, err := readOptions(given)
	var r *rules
	if err == nil {
		r, err = o.tryOut()
	}
	list := faults(err)
	for _, fault := range list {
		_ = cli.Exit(c.Stderr, o.file.Locate(fault))
	}
	if len(list) > 0 {
		return cli.Failf(cli.ExitUsage, "")
	}
	if _, err := fmt.Fprint(c.Stdout, o.summary(r)); err != nil {
		return cli.Failf(cli.ExitFailed, "cannot write to stdout: %s", cli.Cause(err))
	}
	return nil
}

// tryOut makes everything that the options describe except listeners and the trace. The error joins
// all faults.
func (o *options) tryOut() (*rules, error) {
	_, logErr := newLogger(nil, o.log, slog.LevelInfo)
	_, certErr := o.certificate()
	metricsErr := error(nil)
	if o.metrics != "" {
		metricsErr = listen.Check("--metrics", o.metrics)
	}
	r, err := o.rules(&gateway{log: slog.New(slog.DiscardHandler)})
	return r, errors.Join(logErr, listen.Check("--listen", o.listen), metricsErr, certErr, err)
}

// faults are the errors that err joins.
func faults(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	switch {
	case err == nil:
		return nil
	case !ok:
		return []error{err}
	}
	var list []error
	for _, e := range joined.Unwrap() {
		list = append(list, faults(e)...)
	}
	return list
}

// firstFault is the error of a start, which ends with one line.
func firstFault(err error) error {
	if list := faults(err); len(list) > 0 {
		return list[0]
	}
	return nil
}

// summary says in a few lines what would be served, without secrets.
func (o *options) summary(r *rules) string {
	var b strings.Builder
	scheme := "ws"
	if o.cert != "" {
		scheme = "wss"
	}
	fmt.Fprintf(&b, "%s in order; khp serve would listen on %s://%s\n", cmp.Or(o.config, "the command line")+" is", scheme, o.listen)
	if o.metrics != "" {
		fmt.Fprintf(&b, "metrics on http://%s/metrics\n", o.metrics)
	}
	for _, one := range slices.Backward(r.house.Routes) {
		who := r.auth.Describe(one.Path)
		if who != "" {
			who = ", " + who
		}
		fmt.Fprintf(&b, "  %s -> %s%s\n", one.Path, target.Shown(one.Name), who)
	}
	limit := func(what string, t time.Duration) {
		if t > 0 {
			fmt.Fprintf(&b, "%s %s\n", what, t)
		}
	}
	limit("inactivity-timeout", time.Duration(o.inactivity))
	limit("idle-timeout", r.house.Idle)
	fmt.Fprintf(&b, "max-message %s\n", o.message.String())
	if len(o.origins) > 0 {
		fmt.Fprintf(&b, "allow-origin %s\n", strings.Join(o.origins, " "))
	}
	return b.String()
}
