package dist

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	built = flag.String("built", "", "folder that build.sh wrote")
	again = flag.String("again", "",
		"folder that build.sh wrote in another checkout of the same commit")
	install = flag.Bool("install", false, "install the package on this machine, and purge it")
)

// output runs a command that must succeed, and returns its output.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	text, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	require.NoError(t, err, "%s %s: %s", name, args, text)
	return string(text)
}

func deb(t *testing.T) string {
	t.Helper()
	if *built == "" {
		t.Skip("needs a package: make package")
	}
	found, err := filepath.Glob(filepath.Join(*built, "khp_*_amd64.deb"))
	require.NoError(t, err)
	require.Len(t, found, 1)
	return found[0]
}

// Two checkouts of one commit give the same bytes.
func TestReproducible(t *testing.T) {
	_ = deb(t)
	require.NotEmpty(t, *again, "-again is missing")
	one, err := os.ReadFile(filepath.Join(*built, "SHA256SUMS"))
	require.NoError(t, err)
	two, err := os.ReadFile(filepath.Join(*again, "SHA256SUMS"))
	require.NoError(t, err)
	require.Equal(t, string(one), string(two))
	require.Contains(t, string(one), "linux-amd64.tar.gz")
	require.Contains(t, string(one), "_amd64.deb")
}

// The service has next to no rights.
func TestUnit_Hardened(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("needs systemd-analyze: make package")
	}
	// in tenths
	output(t, "systemd-analyze", "security", "--offline=yes", "--threshold=20", "files/khp.service")
}

// Everything is in the package, and the program in it accepts the configuration in it.
func TestPackage_Contents(t *testing.T) {
	dir := t.TempDir()
	output(t, "dpkg-deb", "-x", deb(t), dir)
	khp := filepath.Join(dir, "usr/bin/khp")
	require.Contains(t, output(t, khp, "version"), "khp ")
	require.Contains(t, output(t, khp, "serve", "--config", filepath.Join(dir, "etc/khp/khp.yaml"),
		"--check"), "/echo")
	for _, file := range []string{
		"usr/share/man/man1/khp.1.gz", "usr/share/man/man1/khp-serve.1.gz",
		"usr/share/man/man1/khp-convert.1.gz",
		"usr/share/bash-completion/completions/khp", "usr/share/zsh/vendor-completions/_khp",
		"lib/systemd/system/khp.service", "lib/systemd/system/khp.socket",
		"usr/share/doc/khp/copyright", "usr/share/doc/khp/operating.md",
		"usr/share/doc/khp/examples/gateway.yaml",
	} {
		require.FileExists(t, filepath.Join(dir, file))
	}
	require.Contains(t, output(t, "dpkg-deb", "--field", deb(t), "Package", "Depends"), "adduser")
	// Lists in help texts stand in manual pages line by line.
	page := output(t, "sh", "-c", "gzip -dc "+filepath.Join(dir, "usr/share/man/man1/khp-serve.1.gz"))
	require.Contains(t, page, "status:CODE             answers")
}

// The package can be installed, used by its user, and purged without a trace.
func TestPackage_Install(t *testing.T) {
	file := deb(t)
	if !*install {
		t.Skip("changes this machine: make package, as root")
	}
	output(t, "apt-get", "install", "-y", "-qq", "--no-install-recommends", file)
	purged := false
	purge := func() {
		if !purged {
			purged = true
			output(t, "apt-get", "purge", "-y", "-qq", "khp")
		}
	}
	t.Cleanup(purge)
	require.Contains(t, output(t, "stat", "-c", "%U:%G %a", "/etc/khp", "/etc/khp/khp.yaml"),
		"root:khp 750\nroot:khp 640\n")
	require.Contains(t, output(t, "runuser", "-u", "khp", "--", "khp", "serve",
		"--config", "/etc/khp/khp.yaml", "--check"), "/echo")
	if _, err := exec.LookPath("systemd-analyze"); err == nil {
		require.NotContains(t, output(t, "systemd-analyze", "verify", "/lib/systemd/system/khp.service"),
			"khp.service")
	}
	purge()
	require.NoFileExists(t, "/usr/bin/khp")
	require.NoDirExists(t, "/etc/khp")
	require.NotContains(t, strings.Fields(output(t, "dpkg", "--get-selections")), "khp")
}
