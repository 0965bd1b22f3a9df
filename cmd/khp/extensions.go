package main

import (
	"slices"
	"strings"
	"time"

	"example.com/khp/transport/extension"
)

// serveExtensions are those that khp serve grants: what Kaazing's clients ask for, as their gateway did. Without --idle-timeout there is no period to announce.
func serveExtensions(idle time.Duration) []extension.Extension {
	return []extension.Extension{extension.IdleTimeout{Period: idle}, extension.PingPong{}}
}

// dialExtensions are those among the elements of --extension that khp can run. With the others, messages are shown as they come.
func dialExtensions(elements []string) []extension.Extension {
	return slices.DeleteFunc(serveExtensions(0), func(x extension.Extension) bool {
		return !slices.ContainsFunc(elements, func(e string) bool {
			name, _, _ := strings.Cut(e, ";")
			return strings.TrimSpace(name) == x.Name()
		})
	})
}
