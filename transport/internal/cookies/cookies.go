// Package cookies keeps the cookies of a connect call in an [http.CookieJar].
package cookies

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/wire"
)

// Jar has the cookies for opening requests.
type Jar struct {
	Jar http.CookieJar
	own string // of the caller's header, for the first origin only
}

// Take takes the Cookie fields out of the caller's header, so that they share one field with the
// cookies of the Jar. [RFC 6265 5.4]
func (j *Jar) Take(header []endpoint.HeaderField) (rest []endpoint.HeaderField) {
	var own []string
	rest = slices.DeleteFunc(header, func(f endpoint.HeaderField) bool {
		if strings.EqualFold(f.Name, "Cookie") {
			own = append(own, f.Value)
			return true
		}
		return false
	})
	j.own = strings.Join(own, "; ")
	return rest
}

// Field returns the Cookie field for a URL; first says that it has the first origin.
func (j *Jar) Field(target string, first bool) string {
	var list []string
	if first && j.own != "" {
		list = append(list, j.own)
	}
	if u := webURL(target); u != nil {
		for _, c := range j.Jar.Cookies(u) {
			if pair := (&http.Cookie{Name: c.Name, Value: c.Value, Quoted: c.Quoted}).String(); pair != "" {
				list = append(list, pair)
			}
		}
	}
	return strings.Join(list, "; ")
}

// Keep puts the cookies that a response sets into the Jar.
func (j *Jar) Keep(target string, fields wire.Fields) {
	r := http.Response{Header: http.Header{}}
	for v := range fields.All("Set-Cookie") {
		r.Header.Add("Set-Cookie", string(v))
	}
	if u := webURL(target); u != nil {
		j.Jar.SetCookies(u, r.Cookies())
	}
}

// webURL returns a ws or wss URL as http or https.
func webURL(target string) *url.URL {
	u, err := url.Parse("http" + strings.TrimPrefix(target, "ws"))
	if err != nil {
		return nil
	}
	return u
}
