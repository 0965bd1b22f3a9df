// Package portal tells apart networks that want a login before they let clients through, captive
// portals, and servers that refuse.
package portal

import (
	"bytes"
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"golang.org/x/net/html"
)

// Answer is the HTTP response, or the extended one, that came in the place of a connection.
type Answer struct {
	URL    string // of the connection, with ws or wss
	Status int
	Header http.Header
	Body   []byte
	Proxy  bool // it is a proxy's, to CONNECT
	// Unproven says that it answers an opening handshake where the first connection had no TLS, so
	// that a stranger may have answered.
	Unproven bool
	Refused  bool // it is a redirect to a place where the options forbid to go
}

// Login is the login that a portal wants.
type Login struct {
	Certain bool   // the answer says so; otherwise it only looks like that
	URL     string // where, by http or https; "" if it does not tell
}

// Detect finds out whether a network that wants a login first has answered in the place of the
// server or the proxy, and where it wants it. 511 says so. Other answers only look like it: a web
// page, or being sent to one without following, where a stranger may have answered. Nothing of such
// an answer is stored, and nothing is followed but the redirects that KHP has and the options
// allow. [AMB-67, AMB-75]
//
//khp:impl RFC6585-511-01
func Detect(a Answer) (login Login, ok bool) {
	here, err := url.Parse("http" + strings.TrimPrefix(a.URL, "ws"))
	if err != nil {
		return Login{}, false
	}
	location := webLocation(a.Header)
	switch redirected := fsm.OpeningStatus(a.Status).Action == codes.ActionRedirect; {
	case a.Status == 511:
		return Login{Certain: true, URL: cmp.Or(location, firstLink(a.Body, here))}, true
	case a.Proxy:
		return Login{URL: location}, a.Status/100 == 3 && location != ""
	case !a.Unproven:
	case a.Status == 200 && !a.Refused && isPage(a.Header, a.Body):
		return Login{URL: here.String()}, true
	case redirected:
		to, err := url.Parse(location)
		return Login{URL: location}, err == nil && location != "" && to.Host != here.Host
	}
	return Login{}, false
}

// String describes the login in the words of an error, without the query of the URL, which may be
// meant for one user only.
func (l Login) String() string {
	text := "a web page has answered: wrong address, or network login needed"
	if l.Certain {
		text = "network login needed"
	}
	if l.URL == "" {
		return text
	}
	shown, _, _ := strings.Cut(l.URL, "?")
	return text + ", at " + strings.Trim(strconv.QuoteToASCII(shown), `"`)
}

// isPage reports whether a body is HTML.
func isPage(h http.Header, body []byte) bool {
	kind := cmp.Or(h.Get("Content-Type"), http.DetectContentType(body))
	return strings.HasPrefix(strings.ToLower(kind), "text/html") ||
		strings.HasPrefix(strings.ToLower(kind), "application/xhtml")
}

// webLocation returns the Location field if it is the URL of a web page.
func webLocation(h http.Header) string {
	return webURL(h.Get("Location"), &url.URL{})
}

// webURL resolves ref and returns it if it is an http or https URL without userinfo, which might
// deceive about the host.
func webURL(ref string, base *url.URL) string {
	u, err := base.Parse(strings.TrimSpace(ref))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return ""
	}
	return u.String()
}

// firstLink returns the first link of a page to another one, as RFC 6585 section 6 wants it in the
// body. META, forms and scripts mean nothing here.
func firstLink(body []byte, base *url.URL) string {
	tokens := html.NewTokenizer(bytes.NewReader(body))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken:
			if link := anchor(tokens, base); link != "" {
				return link
			}
		}
	}
}

// anchor returns where the current start tag leads to, "" if nowhere.
func anchor(tokens *html.Tokenizer, base *url.URL) string {
	name, more := tokens.TagName()
	if string(name) != "a" {
		return ""
	}
	for more {
		var key, value []byte
		if key, value, more = tokens.TagAttr(); string(key) == "href" {
			return webURL(string(value), base)
		}
	}
	return ""
}
