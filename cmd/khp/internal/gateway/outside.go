package gateway

import (
	"errors"
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/wire"
)

// outside checks outside-host and outside-prefix, of the document and of routes.
func (o *options) outside() error {
	document := &config.Route{OutsideHost: o.OutsideHost, OutsidePrefix: o.OutsidePrefix}
	wrong := []error{checkOutside(document)}
	for _, r := range o.Routes {
		wrong = append(wrong, checkOutside(r))
	}
	return errors.Join(wrong...)
}

func checkOutside(r *config.Route) error {
	var wrong []error
	for _, h := range r.OutsideHost {
		if u, err := wire.ParseURL("ws://"+h, nil); err != nil || u.Path != "/" || strings.ContainsAny(h, "/?") {
			wrong = append(wrong, r.Fault("outside-host", strconv.Quote(h), "expected a host as it stands in a URL, as in www.example.com or www.example.com:8443"))
		}
	}
	if p := r.OutsidePrefix; p != "" {
		if u, err := wire.ParseURL("ws://localhost"+p, nil); err != nil || !strings.HasPrefix(p, "/") || u.HasQuery {
			wrong = append(wrong, r.Fault("outside-prefix", strconv.Quote(p), "expected the beginning of a path, as in /app"))
		}
	}
	return errors.Join(wrong...)
}
