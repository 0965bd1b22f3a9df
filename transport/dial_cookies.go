package transport

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/transport/internal/deflate"
	"example.com/khp/wire"
)

// takeCookies has the opening requests carry what the Jar has, with the Cookie of OpeningHeader in
// one field. [RFC 6265 5.4]
func (d *dialer) takeCookies(cfg *endpoint.ClientConfig) {
	var own []string
	cfg.OpeningHeader = slices.DeleteFunc(cfg.OpeningHeader, func(f HeaderField) bool {
		if strings.EqualFold(f.Name, "Cookie") {
			own = append(own, f.Value)
			return true
		}
		return false
	})
	d.cookie = strings.Join(own, "; ")
	cfg.Cookies = d.cookies
}

// cookies returns the Cookie field for a URL. That of OpeningHeader is for the first origin only.
func (d *dialer) cookies(target string) string {
	var list []string
	if d.cookie != "" && (d.client == nil || d.client.Attempt() == 0 || d.client.URL().SameOrigin(d.origin)) {
		list = append(list, d.cookie)
	}
	if u := webURL(target); u != nil {
		for _, c := range d.opts.Jar.Cookies(u) {
			if pair := (&http.Cookie{Name: c.Name, Value: c.Value, Quoted: c.Quoted}).String(); pair != "" {
				list = append(list, pair)
			}
		}
	}
	return strings.Join(list, "; ")
}

// responded takes what is to be kept of a response.
func (d *dialer) responded(leg endpoint.Leg, target string, status int, fields wire.Fields) {
	if leg == endpoint.LegOpening && status == http.StatusSwitchingProtocols {
		d.opening = make([]HeaderField, 0, len(fields))
		for _, f := range fields {
			d.opening = append(d.opening, HeaderField{Name: string(f.Name), Value: string(f.Value)})
		}
	}
	if leg == endpoint.LegOpening && d.opts.Compression != nil {
		d.compress(fields)
	}
	if d.opts.Jar == nil {
		return
	}
	r := http.Response{Header: http.Header{}}
	for v := range fields.All("Set-Cookie") {
		r.Header.Add("Set-Cookie", string(v))
	}
	if cookies, u := r.Cookies(), webURL(target); len(cookies) > 0 && u != nil {
		d.opts.Jar.SetCookies(u, cookies)
	}
}

// compress takes what an opening response grants of compression.
func (d *dialer) compress(fields wire.Fields) {
	d.Compression, d.misgranted = nil, nil
	for v := range fields.All("Sec-WebSocket-Extensions") {
		for element := range strings.SplitSeq(string(v), ",") {
			if !isDeflate(element) {
				continue
			}
			var p deflate.Params
			if p, d.misgranted = deflate.Confirm(strings.Trim(element, " \t")); d.misgranted == nil {
				d.Compression = &p
			}
		}
	}
}

// isDeflate reports whether an element of extensions is permessage-deflate.
func isDeflate(element string) bool {
	name, _, _ := strings.Cut(element, ";")
	return strings.EqualFold(strings.Trim(name, " \t"), deflate.Name)
}

// webURL returns a ws or wss URL as http or https.
func webURL(target string) *url.URL {
	u, err := url.Parse("http" + strings.TrimPrefix(target, "ws"))
	if err != nil {
		return nil
	}
	return u
}
