package transport

import (
	"bytes"
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"golang.org/x/net/html"
)

const (
	loginNeeded   = "; network login needed"
	perhapsNeeded = "; a web page has answered: wrong address, or network login needed"
)

// noticePortal finds out whether a network that wants a login first has answered in the place of the server or the proxy, and where it wants it. 511
// says so. Other answers only look like it: a web page, or being sent to one without following, where the connection began without TLS, so that anybody
// may have answered. Nothing of such an answer is stored, and nothing is followed but the redirects that KHP has and the options allow. [AMB-67, AMB-75]
//
//khp:impl RFC6585-511-01
func (e *HandshakeError) noticePortal() {
	here, err := url.Parse("http" + strings.TrimPrefix(e.URL, "ws"))
	if err != nil {
		return
	}
	text, link, redirected := perhapsNeeded, "", fsm.OpeningStatus(e.Status).Action == fsm.ActionRedirect
	switch proxy := proxyErrorOf(e.Cause); {
	case proxy != nil && proxy.Status == 511:
		text, link = loginNeeded, cmp.Or(webLocation(proxy.Header), firstLink(proxy.Body, here))
	case proxy != nil:
		if link = webLocation(proxy.Header); proxy.Status/100 != 3 || link == "" {
			return
		}
	case e.Failure == fsm.FailureStatus && e.Status == 511:
		text, link = loginNeeded, cmp.Or(webLocation(e.Header), firstLink(e.Body, here))
	case e.Leg != endpoint.LegOpening || len(e.Path) == 0 || !strings.HasPrefix(e.Path[0], "ws:"):
		return
	case e.Failure == fsm.FailureStatus && e.Status == 200 && isPage(e.Header, e.Body):
		link = here.String()
	case redirected && (e.Failure == fsm.FailureStatus || e.Failure == fsm.FailureRedirectRefused):
		link = webLocation(e.Header)
		if to, err := url.Parse(link); err != nil || link == "" || to.Host == here.Host {
			return
		}
	default:
		return
	}
	e.NetworkLogin, e.LoginURL = true, link
	e.text += text
	if link != "" {
		shown, _, _ := strings.Cut(link, "?") // what follows may be meant for one user only
		e.text += ", at " + strings.Trim(strconv.QuoteToASCII(shown), `"`)
	}
}

// isPage reports whether a body is HTML.
func isPage(h http.Header, body []byte) bool {
	kind := cmp.Or(h.Get("Content-Type"), http.DetectContentType(body))
	return strings.HasPrefix(strings.ToLower(kind), "text/html") || strings.HasPrefix(strings.ToLower(kind), "application/xhtml")
}

// webLocation returns the Location field if it is the URL of a web page.
func webLocation(h http.Header) string {
	return webURL(h.Get("Location"), &url.URL{})
}

// webURL resolves ref and returns it if it is an http or https URL without userinfo, which might deceive about the host.
func webURL(ref string, base *url.URL) string {
	u, err := base.Parse(strings.TrimSpace(ref))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return ""
	}
	return u.String()
}

// firstLink returns the first link of a page to another one, as RFC 6585 section 6 wants it in the body. META, forms and scripts mean nothing here.
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
