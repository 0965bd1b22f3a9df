// Package status is khp status: it explains status codes.
package status

import (
	"fmt"
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/internal/terminal"
	"github.com/spf13/cobra"
)

// Command is khp status.
func Command(c *cli.Env) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "status [CODE]",
		Short: "Explain what a status code means to both sides",
		Long: `Status prints the table of status codes in responses of the extended handshake:
what a client does with each, how strongly it is required, and which fields a
server must send along. With a CODE it explains that one. It is the table that
client and server of this program run by.`,
		Example: `  khp status
  khp status 307
  khp status --json | jq '.[] | select(.terminates | not)'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return cli.Usagef("khp status takes one CODE at most, got %d", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return printTable(c, asJSON)
			}
			code, err := strconv.Atoi(args[0])
			if err != nil || code < 100 || code > 999 {
				return cli.Usagef("%q is no status code; expected a number from 100 to 999, "+
					"as in khp status 307", args[0])
			}
			return printCode(c, fsm.Status(code), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// statusJSON is one code for programs.
type statusJSON struct {
	Code   int    `json:"code"`
	Reason string `json:"reason"`
	Action string `json:"action"`
	// Strength is may, should or must: of the follow-up, where the client closes and follows up.
	Strength     string   `json:"strength"`
	Terminates   bool     `json:"terminates"`      // the connection ends with this response
	Fields       []string `json:"required_fields"` // that the server must send
	Body         bool     `json:"body"`            // the response may have one
	NoStore      bool     `json:"no_store"`        // Cache-Control: no-store is added
	NeverSent    bool     `json:"never_sent"`      // by this server, unless a test asks for it
	Listed       bool     `json:"listed"`          // false: it falls under the rule for unlisted codes
	Requirements []string `json:"requirements"`
}

func newStatusJSON(r codes.Rule) statusJSON {
	fields := r.Duties.Fields()
	if fields == nil {
		fields = []string{}
	}
	return statusJSON{
		Code: r.Code, Reason: r.Reason, Action: actions[r.Action].name,
		Strength: strengthWord(r.Strength), Terminates: r.Action.Terminates(),
		Fields: fields, Body: r.Duties&codes.NoBody == 0, NoStore: r.Duties&codes.NoStore != 0,
		NeverSent: r.Duties&codes.NeverSend != 0, Listed: r.Listed,
		Requirements: strings.Fields(r.Reqs),
	}
}

// printTable prints all listed codes.
func printTable(c *cli.Env, asJSON bool) error {
	if asJSON {
		list := []statusJSON{}
		for r := range fsm.Statuses() {
			list = append(list, newStatusJSON(r))
		}
		return cli.WriteJSONDocument(c.Stdout, list)
	}
	var b strings.Builder
	row(&b, "CODE", "REASON", "THE CLIENT", "STRENGTH", "FIELDS")
	for r := range fsm.Statuses() {
		row(&b, strconv.Itoa(r.Code), r.Reason, actions[r.Action].brief, strengthWord(r.Strength),
			strings.Join(r.Duties.Fields(), ", "))
	}
	if _, err := fmt.Fprint(c.Stdout, b.String()); err != nil {
		return err
	}
	_, err := fmt.Fprintln(c.Stdout, "\nAny other code, 600 to 999 included: the client must close, "+
		"whatever its\nclass means elsewhere. khp status CODE explains one.")
	return err
}

// wide is how many characters the reason and the action have in a line of the table, so that the
// longest field has room.
const wide = 21

// row writes a row of the table, in as many lines as it needs.
func row(b *strings.Builder, code, reason, action, strength, fields string) {
	reasons, acts := terminal.Wrap(reason, wide), terminal.Wrap(action, wide)
	for i := range max(len(reasons), len(acts)) {
		cell := func(list []string) string {
			if i < len(list) {
				return list[i]
			}
			return ""
		}
		line := fmt.Sprintf("%-4s  %-*s  %-*s  %-8s  %s",
			code, wide, cell(reasons), wide, cell(acts), strength, fields)
		b.WriteString(strings.TrimRight(line, " ") + "\n")
		code, strength, fields = "", "", ""
	}
}

// printCode explains one code.
func printCode(c *cli.Env, r codes.Rule, asJSON bool) error {
	if asJSON {
		return cli.WriteJSONDocument(c.Stdout, newStatusJSON(r))
	}
	_, err := fmt.Fprint(c.Stdout, explain(r))
	return err
}
