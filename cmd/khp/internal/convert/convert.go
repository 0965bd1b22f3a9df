// Package convert is khp convert: it reads a gateway's configuration, writes one for khp serve, and
// says what becomes of each element.
package convert

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/spf13/cobra"
)

// Command is khp convert.
func Command(c *cli.Env) *cobra.Command {
	dir := "."
	cmd := &cobra.Command{
		Use:   "convert GATEWAY-CONFIG [JAAS-CONFIG]",
		Short: "Convert a gateway's configuration for khp serve",
		Long: `Convert reads a gateway-config.xml, and the jaas-config.xml that has the users
of its file login, and writes what khp serve --config reads:

  khp.yaml         listeners, and routes with their guards and limits
  khp-PORT.yaml    a port where a path leads to another service, or that only
                   this machine may use while others are public: a process of
                   its own
  htpasswd...      users with hashed passwords, one file for each set of roles

It prints what becomes of every element, with its line: taken, different (and in
what way), or lost (and what to do instead). A path whose guard cannot be taken
is closed. At the end are the commands that make PEM files of keystores, and
those that check and start khp serve. No file is overwritten. Passwords are
never printed.`,
		Example: "  khp convert gateway-config.xml\n  khp convert conf/gateway-config.xml " +
			"conf/jaas-config.xml --output /etc/khp",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return cli.Usagef("khp convert takes one or two files, " +
					"gateway-config.xml and jaas-config.xml; see khp convert --help")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return convert(c, dir, args) },
	}
	cmd.Flags().StringVar(&dir, "output", dir, "write into this `DIR`, which is made if it is missing")
	return cmd
}

// Files that the commands at the end make.
const (
	certFile  = "cert.pem"
	keyFile   = "key.pem"
	trustFile = "backend-ca.pem"
)

// converter converts one configuration.
type converter struct {
	dir, file string
	top       *node
	realms    []*node
	trust     *node // the <truststore>, nil if there is none
	users     []user
	report    report
	documents []*document
	files     map[string]string // htpasswd files
}

func convert(e *cli.Env, dir string, args []string) error {
	if dir == "-" {
		return cli.Usagef("--output -: expected a directory, for more than one file is written; " +
			"./- is one of that name")
	}
	if dir == "" {
		return cli.Usagef("--output \"\": the value is empty; give it a directory, or leave the flag out")
	}
	top, err := readTree(args[0], "gateway-config")
	if err != nil {
		return err
	}
	if err := top.substitute(); err != nil {
		return cli.Usagef("%s:%s", args[0], err)
	}
	c := &converter{dir: dir, file: args[0], top: top, realms: top.child("security").all("realm"),
		trust: top.child("security").find("truststore"), files: map[string]string{}}
	c.report.walk(c.file, top)
	if len(args) == 2 {
		jaas, err := readTree(args[1], "jaas-config")
		if err != nil {
			return err
		}
		c.report.walk(args[1], jaas)
		c.users = readUsers(args[1], jaas, &c.report)
	}
	for _, s := range top.all("service") {
		c.service(s)
	}
	c.narrow()
	for _, s := range top.all("service") {
		if !slices.ContainsFunc(c.documents, func(d *document) bool { return d.serves(s) }) {
			c.report.unserved(s)
			c.report.say(c.file, s, lost, "service "+nameOf(s), "nothing is served for it")
		}
	}
	if len(c.documents) == 0 {
		c.report.print(e.Stdout)
		return cli.Failf(cli.ExitFailed,
			"%s: no service in it that khp serve has a counterpart of; nothing is written", args[0])
	}
	all := c.documents
	c.merge()
	for _, d := range all {
		c.tell(d)
	}
	for _, d := range c.documents {
		text, err := d.text(c)
		if err != nil {
			return err
		}
		c.files[d.name] = string(text)
	}
	if err := c.write(); err != nil {
		return err
	}
	c.report.print(e.Stdout)
	if _, err := fmt.Fprint(e.Stdout, c.next()); err != nil {
		return cli.Unprinted(err)
	}
	return nil
}

// write makes all files, or none if one is there already.
func (c *converter) write() error {
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return cli.Usagef("--output %s: %s; choose another directory", c.dir, cli.Cause(err))
	}
	names := slices.Sorted(maps.Keys(c.files))
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(c.dir, name)); !errors.Is(err, os.ErrNotExist) {
			return cli.Usagef("%s: it exists already, and nothing is overwritten; move it away, "+
				"or choose another directory with --output", filepath.Join(c.dir, name))
		}
	}
	for _, name := range names {
		f, err := os.OpenFile(filepath.Join(c.dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			_, err = f.WriteString(c.files[name])
			err = errors.Join(err, f.Close())
		}
		if err != nil {
			return cli.Usagef("--output %s: %s: %s; choose another directory", c.dir, name, cli.Cause(err))
		}
	}
	return nil
}

// next writes the steps that are left to the operator.
func (c *converter) next() string {
	var b strings.Builder
	in := func(name string) string { return quote(filepath.Join(c.dir, name)) }
	fmt.Fprintf(&b, "\nwritten: %s\n", strings.Join(slices.Sorted(maps.Keys(c.files)), ", "))
	if k := c.top.child("security").find("keystore"); k != nil &&
		slices.ContainsFunc(c.documents, func(d *document) bool { return d.secure() }) {
		fmt.Fprintf(&b,
			"\nThe certificate and its key, from the keystore; both commands ask for its password:\n")
		fmt.Fprintf(&b, "  keytool -importkeystore -srckeystore %s -srcstoretype JCEKS -destkeystore "+
			"keystore.p12 -deststoretype PKCS12\n", quote(k.value("file")))
		fmt.Fprintf(&b, "  openssl pkcs12 -in keystore.p12 -nokeys -out %s\n  openssl pkcs12 -in "+
			"keystore.p12 -nocerts -nodes -out %s\n", in(certFile), in(keyFile))
		fmt.Fprintf(&b, "If there are several keys in it, add -srcalias NAME to the first one; "+
			"keytool -list -storetype JCEKS -keystore %s names them.\n", quote(k.value("file")))
	}
	if c.trust != nil &&
		strings.Contains(strings.Join(slices.Collect(maps.Values(c.files)), ""), "backend-ca:") {
		fmt.Fprintf(&b, "\nThe authorities of back ends, from the truststore:\n")
		fmt.Fprintf(&b, "  keytool -importkeystore -srckeystore %s -srcstoretype JCEKS -destkeystore "+
			"truststore.p12 -deststoretype PKCS12\n", quote(c.trust.value("file")))
		fmt.Fprintf(&b, "  openssl pkcs12 -in truststore.p12 -nokeys -out %s\n", in(trustFile))
	}
	fmt.Fprintf(&b, "\nNow check and start, one process for each file:\n")
	for _, d := range c.documents {
		fmt.Fprintf(&b, "  khp serve --config %s --check\n  khp serve --config %s\n",
			in(d.name), in(d.name))
	}
	return b.String()
}

// quote makes one word of a file name for a shell.
func quote(name string) string {
	if name != "" &&
		strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+") == "" {
		return name
	}
	return "'" + strings.ReplaceAll(cli.OneLine(name), "'", `'\''`) + "'"
}
