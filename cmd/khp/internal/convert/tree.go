package convert

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
)

// node is an element of an XML file. Namespaces do not count: each version of the gateway has one
// of its own.
type node struct {
	name     string
	text     string // without blanks around it, properties put in
	line     int
	children []*node
}

// child returns the first child with that name, nil if there is none.
func (n *node) child(name string) *node {
	for _, c := range n.all(name) {
		return c
	}
	return nil
}

// all returns the children with that name. A nil node has none.
func (n *node) all(name string) (list []*node) {
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if c.name == name {
			list = append(list, c)
		}
	}
	return list
}

// value is the text of a child, "" if there is none.
func (n *node) value(name string) string {
	if c := n.child(name); c != nil {
		return c.text
	}
	return ""
}

// deepest is how many elements may stand in each other; the gateway has eight.
const deepest = 100

// readTree reads a file whose outermost element is root.
func readTree(path, root string) (*node, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, cli.Usagef("%s: %s; choose a file that can be read", path, cli.Cause(err))
	}
	defer func() { _ = f.Close() }()
	d := xml.NewDecoder(f)
	top := &node{}
	open := []*node{top}
	for {
		t, err := d.Token()
		line, _ := d.InputPos()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, cli.Usagef("%s:%d: %s; expected XML in UTF-8, as the gateway reads it",
				path, line, xmlFault(err))
		}
		in := open[len(open)-1]
		switch t := t.(type) {
		case xml.StartElement:
			n := &node{name: t.Name.Local, line: line}
			in.children = append(in.children, n)
			if open = append(open, n); len(open) > deepest {
				return nil, cli.Usagef("%s:%d: more than %d elements stand in each other; expected a %s",
					path, line, deepest, root)
			}
		case xml.EndElement:
			in.text = strings.TrimSpace(in.text)
			open = open[:len(open)-1]
		case xml.CharData:
			in.text += string(t)
		}
	}
	n := top.child(root)
	if n == nil {
		return nil, cli.Usagef("%s: there is no element <%s> in it; "+
			"choose the gateway's file of that kind", path, root)
	}
	return n, nil
}

func xmlFault(err error) string {
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		if syntax.Msg == io.ErrUnexpectedEOF.Error() {
			return "it ends before its last element does"
		}
		return syntax.Msg
	}
	if strings.HasPrefix(err.Error(), "xml: encoding") {
		return "it is in another encoding than UTF-8, which iconv can convert"
	}
	return strings.TrimPrefix(cli.Cause(err).Error(), "xml: ")
}

var reference = regexp.MustCompile(`\$\{([^}]*)\}`)

// substitute puts the values of <properties> into all texts of the file. The error names every
// reference that has no value. Whether a gateway puts values into values is not known, so that they
// are refused.
func (n *node) substitute() error {
	properties, faults := map[string]string{}, []string{}
	list := n.child("properties")
	for _, p := range list.all("property") {
		name, value := p.value("name"), p.value("value")
		if ref := reference.FindString(value); ref != "" {
			faults = append(faults, fmt.Sprintf("%d: the value of ${%s} has %s in it; write that out",
				p.line, name, ref))
		}
		properties[name] = value
	}
	for _, c := range n.children {
		if c != list {
			faults = append(faults, c.put(properties)...)
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return errors.New(strings.Join(faults, "; line "))
}

// put is substitute for the texts below n.
func (n *node) put(properties map[string]string) (faults []string) {
	n.text = reference.ReplaceAllStringFunc(n.text, func(ref string) string {
		value, ok := properties[ref[2:len(ref)-1]]
		if !ok {
			faults = append(faults, fmt.Sprintf("%d: %s has no value; put it into <properties>, where "+
				"khp convert finds it", n.line, ref))
			return ref
		}
		return value
	})
	for _, c := range n.children {
		faults = append(faults, c.put(properties)...)
	}
	return faults
}
