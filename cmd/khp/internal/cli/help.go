package cli

import (
	"regexp"
	"strings"

	"example.com/khp/internal/terminal"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// FitHelp makes the help of root and of all commands below it fit a terminal: the lines about flags
// are wrapped, and the text of a flag stands below its name where the name is long.
func FitHelp(root *cobra.Command) {
	cobra.AddTemplateFunc("fitFlags", fitFlags)
	root.SetUsageTemplate(strings.NewReplacer(
		".LocalFlags.FlagUsages", "fitFlags .LocalFlags", ".InheritedFlags.FlagUsages",
		"fitFlags .InheritedFlags",
	).Replace(root.UsageTemplate()))
}

// usageLine matches the line of pflag about a flag: its name and value, blanks, and its text.
var usageLine = regexp.MustCompile(`^( +\S.*?)(?:  +(\S.*))?$`)

// optionalValue matches the text of pflag about an optional value, with the one that then
// stands for it.
var optionalValue = regexp.MustCompile(` (\S+)\[=[^]]*\]$`)

// flagColumn is where the texts of flags begin, if the names and values leave that much.
const flagColumn = 26

// fitFlags is [pflag.FlagSet.FlagUsages] within the columns of a terminal.
func fitFlags(f *pflag.FlagSet) string {
	var names, texts []string
	column := 0
	for line := range strings.Lines(f.FlagUsages()) {
		m := usageLine.FindStringSubmatch(strings.TrimRight(line, "\n"))
		name := optionalValue.ReplaceAllString(m[1], "[=$1]")
		names = append(names, name)
		texts = append(texts, strings.TrimSuffix(m[2], " (default [])")) // of a list: nothing
		column = max(column, len(name)+2)
	}
	column = min(column, flagColumn)
	var b strings.Builder
	for i, name := range names {
		b.WriteString(name)
		at := len(name)
		if at+2 > column {
			b.WriteString("\n")
			at = 0
		}
		for _, line := range terminal.Wrap(texts[i], terminal.Columns-column) {
			b.WriteString(strings.Repeat(" ", column-at) + line + "\n")
			at = 0
		}
	}
	return b.String()
}
