package formal

import (
	"fmt"
	"strings"

	"example.com/khp/sim/model"
)

// recorder writes the C function that prints a state: first the names of the variables, then in
// each state their values. They are the variables of [model.Pair.Vars].
func (m *pairModel) recorder() string {
	var names, values []string
	for name := range (model.Pair{}).Vars() {
		names = append(names, name)
		last := strings.LastIndexByte(name, '_')
		switch queue, slot := name[:max(last, 0)], name[last+1:]; queue {
		case "to_client":
			values = append(values, "khp_slot(now.to_client, "+slot+", 3)")
		case "to_server":
			values = append(values, "khp_slot(now.to_server, "+slot+", 1)")
		default:
			values = append(values, "now."+name)
		}
	}
	var b strings.Builder
	b.WriteString(`#ifdef RECORD
c_decl { void record(void); }
c_code {
	int khp_slot(int queue, int slot, int fields)
	{	int n;
		if (slot >= q_len(queue)) return 0;
		n = qrecv(queue, slot, 0, 0);
		if (fields > 1) n |= qrecv(queue, slot, 1, 0) << 8 | qrecv(queue, slot, 2, 0) << 24;
		return n;
	}
	void record(void)
	{	static int begun = 0;
		if (!begun)
		{	begun = 1;
			printf("VARIABLES `)
	b.WriteString(strings.Join(names, " "))
	b.WriteString("\\n\");\n\t\t}\n\t\tprintf(\"STATE")
	b.WriteString(strings.Repeat(" %d", len(values)))
	fmt.Fprintf(&b, "\\n\",\n\t\t\t%s);\n\t}\n}\n#endif\n", strings.Join(values, ", "))
	return b.String()
}
