package gateway

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/target"
	"example.com/khp/cmd/khp/internal/listen"
	"github.com/spf13/pflag"
)

// checkSettings is khp serve --check: it reads everything that a start would read, listens nowhere,
// asks no other host, writes no file, and prints a summary of the service or all faults.
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
		return cli.Unprinted(err)
	}
	return nil
}

// tryOut makes everything that the options describe except listeners and the trace. The error joins
// all faults.
func (o *options) tryOut() (*rules, error) {
	_, logErr := newLogger(nil, o.Log, slog.LevelInfo)
	_, frontsErr := o.fronts()
	r, err := o.rules(&gateway{log: slog.New(slog.DiscardHandler)})
	return r, errors.Join(logErr, frontsErr, err, o.checkSockets(), o.checkTrace())
}

// checkSockets says whether the Unix sockets of listeners could be made, without making them.
func (o *options) checkSockets() error {
	var wrong []error
	for _, l := range o.Listeners {
		if why := listen.Obstacle(l.Address); why != "" {
			wrong = append(wrong, l.Fault("address", l.Address, "%s", why))
		}
	}
	if why := listen.Obstacle(o.Metrics); why != "" {
		wrong = append(wrong, cli.Usagef("--metrics %s: %s", o.Metrics, why))
	}
	return errors.Join(wrong...)
}

// checkTrace says whether the trace could be written, without writing it.
func (o *options) checkTrace() error {
	if o.Trace == "" {
		return nil
	}
	if err := cli.NoDash("trace", o.Trace); err != nil {
		return err
	}
	if file, err := os.Stat(o.Trace); err == nil && file.IsDir() {
		return cli.Usagef("--trace %s: is a directory; choose a file", o.Trace)
	}
	if _, err := os.Stat(filepath.Dir(o.Trace)); err != nil {
		return cli.Usagef("--trace %s: %s; choose a file in a directory that exists",
			o.Trace, cli.Cause(err))
	}
	return nil
}

// faults returns the errors that err joins, each once: a mistake in a setting that several routes
// have from the document is reported for each of them.
func faults(err error) (list []error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			list = append(list, faults(e)...)
		}
	} else if err != nil {
		list = []error{err}
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(e error) bool {
		again := seen[e.Error()]
		seen[e.Error()] = true
		return again
	})
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
	var urls []string
	for _, l := range o.Listeners {
		urls = append(urls, l.Scheme()+"://"+l.Address)
	}
	fmt.Fprintf(&b, "%s in order; khp serve would listen on %s\n",
		cmp.Or(o.path, "the command line")+" is", strings.Join(urls, " and "))
	if o.Metrics != "" {
		fmt.Fprintf(&b, "metrics on http://%s/metrics\n", o.Metrics)
	}
	var plain []string
	for _, one := range slices.Backward(r.house.Routes) {
		who := r.auth.Describe(one.Path)
		if who != "" {
			who = ", " + who
		}
		if one.Plain {
			plain = append(plain, one.Path)
		}
		fmt.Fprintf(&b, "  %s -> %s%s\n", one.Path, target.Shown(one.Target), who)
	}
	for _, path := range r.auth.Paths() {
		one, who := r.house.Routes.Find(path), r.auth.Describe(path)
		if one != nil && r.auth.Describe(one.Path) != who {
			fmt.Fprintf(&b, "  %s, a part of %s -> %s, %s\n", path, one.Path, target.Shown(one.Target), who)
		}
	}
	if len(plain) > 0 {
		fmt.Fprintf(&b, "plain WebSocket clients on %s\n", strings.Join(plain, " "))
	}
	limit := func(what string, t time.Duration) {
		if t > 0 {
			fmt.Fprintf(&b, "%s %s\n", what, t)
		}
	}
	limit("inactivity-timeout", time.Duration(o.InactivityTimeout))
	limit("idle-timeout", time.Duration(o.IdleTimeout))
	fmt.Fprintf(&b, "max-message %s\n", o.MaxMessage.String())
	for _, n := range []struct {
		key string
		n   cli.Count
	}{{"max-connections", o.MaxConnections}, {"max-waiting", o.MaxWaiting},
		{"max-per-address", o.MaxPerAddress}} {
		if n.n > 0 {
			fmt.Fprintf(&b, "%s %d\n", n.key, n.n)
		}
	}
	limit("drain-over", time.Duration(o.DrainOver))
	if len(o.Hosts) > 0 {
		fmt.Fprintf(&b, "hosts %s\n", strings.Join(o.Hosts, " "))
	}
	if len(o.AllowOrigin) > 0 {
		fmt.Fprintf(&b, "allow-origin %s\n", strings.Join(o.AllowOrigin, " "))
	}
	return b.String()
}
