package dial

import (
	"fmt"

	"example.com/khp/cmd/khp/internal/cli"
)

// patience is the value of --wait: a time, or forever.
type patience struct {
	cli.Duration
	forever bool
}

// Set implements [pflag.Value].
func (p *patience) Set(text string) error {
	if p.forever = text == "forever"; p.forever {
		return nil
	}
	if err := p.Duration.Set(text); err != nil {
		return fmt.Errorf("%w, or forever", err)
	}
	return nil
}

// String implements [pflag.Value].
func (p *patience) String() string {
	if p.forever {
		return "forever"
	}
	return p.Duration.String()
}
