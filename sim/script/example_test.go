package script_test

import (
	"fmt"

	"example.com/khp/sim/script"
)

// A scenario in which something else comes out than is expected.
func Example() {
	f, err := script.Parse("refused.txt", `# A refusal
client ws://a.example/p
server a.example
  403 body="not you"
run
expect client open
`)
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := f.Run(script.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Title, out.Passed())
	fmt.Println(out.Mismatches[0].Want, "but", out.Mismatches[0].Got)
	// Output:
	// A refusal false
	// [expect client open] but [client failed Status status=403 close=1000]
}

// Mistakes come with their place.
func ExampleParse() {
	_, err := script.Parse("x.txt", "client ws://a.example/\nsend client \"hello")
	fmt.Println(err)
	// Output: x.txt:2:13: expected a quoted text as in Go, with its closing quote and escapes such as \r \n \x00 \"
}

func ExampleDiff() {
	fmt.Print(script.Diff([]string{"open", "closed"}, []string{"open", "failed"}))
	// Output:
	//   open
	// - closed
	// + failed
}

func ExampleWithTranscript() {
	fmt.Print(script.WithTranscript("x.txt", "case nothing\n", script.Options{}))
	// Output:
	// case nothing
	// ----
	// == nothing
}
