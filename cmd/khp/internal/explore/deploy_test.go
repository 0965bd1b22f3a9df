package explore

import (
	"bytes"
	"errors"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// job has the fields of the manifest that the test looks at. The others concern Kubernetes only.
type job struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Spec       struct {
		CompletionMode       string `yaml:"completionMode"`
		Completions          int
		BackoffLimitPerIndex int `yaml:"backoffLimitPerIndex"`
		PodFailurePolicy     struct {
			Rules []struct {
				Action      string
				OnExitCodes struct {
					ContainerName string `yaml:"containerName"`
					Values        []int
				} `yaml:"onExitCodes"`
			}
		} `yaml:"podFailurePolicy"`
		Template struct {
			Spec struct {
				RestartPolicy string `yaml:"restartPolicy"`
				Containers    []struct {
					Name string
					Args []string
					Env  []struct{ Name, Value string }
				}
			}
		}
	}
}

func TestDeploy_ExploreJobFitsTheProgram(t *testing.T) {
	text, err := os.ReadFile("../../../../docs/deploy/explore-job.yaml")
	require.NoError(t, err)
	var job job
	d := yaml.NewDecoder(bytes.NewReader(text))
	require.NoError(t, d.Decode(&job))
	for err = nil; err == nil; {
		err = d.Decode(new(map[string]any))
	}
	require.True(t, errors.Is(err, io.EOF), "every document is YAML: %v", err)

	require.Equal(t, []string{"batch/v1", "Job", "Indexed", "Never"},
		[]string{job.APIVersion, job.Kind, job.Spec.CompletionMode, job.Spec.Template.Spec.RestartPolicy})
	require.Positive(t, job.Spec.BackoffLimitPerIndex)
	require.Len(t, job.Spec.Template.Spec.Containers, 1)
	c := job.Spec.Template.Spec.Containers[0]

	var fails []int
	for _, r := range job.Spec.PodFailurePolicy.Rules {
		if r.Action == "FailJob" {
			require.Equal(t, c.Name, r.OnExitCodes.ContainerName)
			fails = append(fails, r.OnExitCodes.Values...)
		}
	}
	require.ElementsMatch(t, []int{cli.ExitFailed, cli.ExitUsage}, fails,
		"violations and wrong usage end the job, exit code 4 is tried again")

	count := ""
	for _, e := range c.Env {
		if e.Name == "COUNT" {
			count = e.Value
		}
	}
	require.Equal(t, strconv.Itoa(job.Spec.Completions), count, "as many shards as completions")
	require.Contains(t, c.Args[0], `--shard "$JOB_COMPLETION_INDEX/$COUNT"`)

	command := Command(&cli.Env{})
	for _, flag := range regexp.MustCompile(`--([a-z][a-z-]*)`).FindAllStringSubmatch(c.Args[0], -1) {
		require.NotNil(t, command.Flags().Lookup(flag[1]), "khp explore has --%s", flag[1])
	}
	words := strings.Fields(regexp.MustCompile(`\$\w+/\$\w+`).ReplaceAllString(
		strings.NewReplacer("\\\n", " ", `"`, "", "exec khp explore", "").Replace(c.Args[0]), "0/"+count))
	require.NoError(t, command.ParseFlags(slices.Clone(words)),
		"the command line is one that khp takes")
}

func TestDeploy_PageNamesFlagsThatExist(t *testing.T) {
	text, err := os.ReadFile("../../../../docs/deploy/README.md")
	require.NoError(t, err)
	command := Command(&cli.Env{})
	flags := regexp.MustCompile(`--([a-z][a-z-]*)`).FindAllStringSubmatch(string(text), -1)
	require.NotEmpty(t, flags)
	for _, flag := range flags {
		require.NotNil(t, command.Flags().Lookup(flag[1]), "khp explore has --%s", flag[1])
	}
}
