package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway"
	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// manifest has the fields of an object of docs/deploy/gateway.yaml that the tests look at.
type manifest struct {
	Kind string
	Data map[string]string
	Spec struct {
		Template struct {
			Spec struct {
				TerminationGracePeriodSeconds int
				Containers                    []container
				Volumes                       []struct {
					Name      string
					ConfigMap struct{ Name string } `yaml:"configMap"`
				}
			}
		}
		Ports []struct {
			TargetPort string `yaml:"targetPort"`
		}
	}
}

type container struct {
	Args  []string
	Ports []struct {
		Name          string
		ContainerPort int `yaml:"containerPort"`
	}
	LivenessProbe  probe `yaml:"livenessProbe"`
	ReadinessProbe probe `yaml:"readinessProbe"`
	VolumeMounts   []struct {
		MountPath string `yaml:"mountPath"`
	} `yaml:"volumeMounts"`
}

type probe struct {
	HTTPGet struct{ Path, Port string } `yaml:"httpGet"`
}

// TestDeploy_Kubernetes runs the container of the manifest: with its arguments and its settings, on
// other ports, and sends the requests of its probes.
func TestDeploy_Kubernetes(t *testing.T) {
	objects := map[string]manifest{}
	f, err := os.Open("../../docs/deploy/gateway.yaml")
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	for d := yaml.NewDecoder(f); ; {
		var m manifest
		err := d.Decode(&m)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		objects[m.Kind] = m
	}
	c := objects["Deployment"].Spec.Template.Spec.Containers[0]
	settings, mounted := objects["ConfigMap"].Data["khp.yaml"], c.VolumeMounts[0].MountPath+"/khp.yaml"
	require.NotEmpty(t, settings)
	require.Contains(t, c.Args, mounted, "the file that is mounted is the one that is read")
	require.Equal(t, "serve", c.Args[0])

	file := khptest.File(t, "khp.yaml", settings)
	var set struct {
		Listen, Metrics string
		Drain           time.Duration `yaml:"drain-timeout"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(settings), &set))
	require.Less(t, int(set.Drain.Seconds())+5, 40,
		"terminationGracePeriodSeconds leaves time to drain")
	ports := map[string]string{}
	for _, p := range c.Ports {
		ports[p.Name] = ":" + jsonText(t, p.ContainerPort)
	}
	require.Equal(t, set.Listen, ports["ws"])
	require.Equal(t, set.Metrics, ports["metrics"])
	require.Equal(t, "ws", objects["Service"].Spec.Ports[0].TargetPort)

	var args []string
	for _, a := range c.Args[1:] {
		args = append(args, strings.ReplaceAll(a, mounted, file))
	}
	s := serveHere(t, append(args, "--metrics", "127.0.0.1:0")...) // listens at a free port, too
	base := strings.TrimSuffix(wantLog(t, s.log, `"url":"([^"]+)"`)[1], "/metrics")
	for _, p := range []probe{c.LivenessProbe, c.ReadinessProbe} {
		require.Equal(t, "metrics", p.HTTPGet.Port)
		require.Equal(t, "ok\n", get(t, base+p.HTTPGet.Path))
	}
}

func jsonText(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

// TestDeploy_Dockerfile has the image's command understood.
func TestDeploy_Dockerfile(t *testing.T) {
	text, err := os.ReadFile("../../docs/deploy/Dockerfile")
	require.NoError(t, err)
	m := regexp.MustCompile(`(?m)^CMD (\[.*\])$`).FindSubmatch(text)
	require.NotNil(t, m)
	var args []string
	require.NoError(t, json.Unmarshal(m[1], &args))
	require.Equal(t, "serve", args[0])
	flags := gateway.Command(&cli.Env{}).Flags()
	require.NoError(t, flags.Parse(args[1:]))
	for _, flag := range []string{"listen", "metrics"} {
		require.Regexp(t, `(?m)^EXPOSE .*`+
			strings.TrimPrefix(flags.Lookup(flag).Value.String(), ":"), string(text))
	}
}
