package gateway

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/stretchr/testify/require"
)

// The example of every setting has every key, is valid as it is, and has the settings of a start;
// so has each of its lines behind a #, in the place of the settings that it excludes.
func TestExample(t *testing.T) {
	text, err := os.ReadFile("../../../../docs/deploy/khp.yaml")
	require.NoError(t, err)
	var find func(t reflect.Type)
	find = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			return
		}
		for _, k := range config.Keys(typ) {
			has := regexp.MustCompile(`(?m)^[^#\n]*\b` + k.Name + `:|^ *# ` + k.Name + `:`)
			require.True(t, has.Match(text), "docs/deploy/khp.yaml shows %s of %s", k.Name, typ.Name())
			find(k.Field.Type)
		}
	}
	find(reflect.TypeFor[config.Config]())

	dir := exampleFiles(t)
	t.Setenv("ANN", "sesame")
	check := func(text string) error {
		o := newOptions()
		require.NoError(t, o.flags.Set("config", khptest.File(t, "khp.yaml",
			strings.NewReplacer("/etc/khp", dir, "/var/lib/khp", dir).Replace(text))))
		o, err := readOptions(o.flags)
		if err != nil {
			return err
		}
		_, err = o.tryOut()
		return o.file.Locate(firstFault(err))
	}
	require.NoError(t, check(string(text)))
	commented := regexp.MustCompile(`(?m)^# ([a-z-]+): .*\n`)
	excluded := map[string]string{"listen": "listeners", "tls-cert": "listeners",
		"tls-key": "listeners", "proxy-protocol": "listeners", "route": "routes"}
	for _, line := range commented.FindAllStringSubmatch(string(text), -1) {
		own := strings.Replace(string(text), line[0], strings.TrimPrefix(line[0], "# "), 1)
		for _, key := range config.Names() {
			if key == line[1] {
				if other := excluded[key]; other != "" { // then it is the form of the value that counts
					require.ErrorContains(t, check(own), other, line[0])
					continue
				}
				if err := check(own); err != nil { // it may be of use for fewer routes than there are here
					require.NotContains(t, err.Error(), "there is no setting", line[0])
				}
			}
		}
	}
}

// exampleFiles makes the files that the example names.
func exampleFiles(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"www.example.com"}}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	certs := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}))
	keys := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	for name, text := range map[string]string{
		"cert.pem": certs, "key.pem": keys, "other.pem": certs, "other.key": keys,
		"authorities.pem": certs, "joe": "welcome\n", "users": "eve:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n",
		"keys.json": `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"1","alg":"EdDSA",` +
			`"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`,
	} {
		khptest.File(t, filepath.Join(dir, name), text)
	}
	return dir
}
