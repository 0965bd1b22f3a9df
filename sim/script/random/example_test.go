package random_test

import (
	"fmt"
	"strings"

	"example.com/khp/sim/script"
	"example.com/khp/sim/script/random"
)

func ExampleScenario() {
	source := random.Scenario(1)
	fmt.Println(script.Fails("random", source, script.Options{Seed: 1}) == "")
	// Output: true
}

func ExampleShrink() {
	fmt.Print(random.Shrink("client ws://a.example/ replays=1\nadvance 1s\nrun\n",
		func(source string) bool {
			return strings.Contains(source, "run")
		}))
	// Output: run
}
