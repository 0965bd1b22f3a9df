package gateway

import (
	"errors"

	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/gateway/origin"
)

// origins makes the check of the Origin field for the path of each route, and for "", which is the
// document's. The error joins all mistakes.
func (o *options) origins() (map[string]func(origin, host string) bool, error) {
	own := o.pages().Own
	list := map[string]func(origin, host string) bool{"": origin.Checker(o.AllowOrigin, own)}
	var wrong []error
	for _, r := range append(config.Routes{{AllowOrigin: o.AllowOrigin}}, o.Routes...) {
		if r.Path != "" && !r.Says("allow-origin") {
			list[r.Path] = list[""]
			continue
		}
		for _, p := range r.AllowOrigin {
			if why := origin.Check(p); why != "" {
				wrong = append(wrong, r.Fault("allow-origin", p, "%s", why))
			}
		}
		list[r.Path] = origin.Checker(r.AllowOrigin, own)
	}
	return list, errors.Join(wrong...)
}
