package wire

import "example.com/khp/internal/scan"

// Challenge is one challenge of a WWW-Authenticate value. For `Application Basic realm="x"`, the
// form of Kaazing gateways, Application is true and Scheme is "Basic". Token is a token68, or for
// an Application challenge the words that follow, such as a URI. Params is the text of the
// parameters. All are views into the field value.
type Challenge struct {
	Application           bool
	Scheme, Token, Params []byte
}

// maxChallenges bounds the challenges of one field value.
const maxChallenges = 32

// ParseChallenges appends the challenges of one WWW-Authenticate or Proxy-Authenticate value to
// dst; call it for each field line. Several challenges may stand in one value, 32 at most. An
// Application challenge may carry words that are neither token68 nor parameters. Errors have
// KindChallenge; the result is then dst as it was. [RFC 9110 11.6.1]
//
//khp:impl KHP-STATUS-401-04
func ParseChallenges(dst []Challenge, value []byte) ([]Challenge, error) {
	n := len(dst)
	for i := scan.SkipEmpty(value, 0); i < len(value); i = scan.SkipEmpty(value, i) {
		if len(dst)-n == maxChallenges {
			return dst[:n], newError(KindChallenge, i, "too many challenges", value)
		}
		c, end, what := scanChallenge(value, i)
		if what != "" {
			return dst[:n], newError(KindChallenge, end, what, value)
		}
		dst = append(dst, c)
		i = end
	}
	if len(dst) == n {
		return dst, newError(KindChallenge, 0, "no challenge", value)
	}
	return dst, nil
}

// scanChallenge reads one challenge at i and returns where the next one, or a
// comma before it, starts.
func scanChallenge(b []byte, i int) (c Challenge, end int, what string) {
	j := scan.Token(b, i)
	if j == i {
		return c, i, "not a scheme"
	}
	c.Scheme = b[i:j:j]
	i = scan.SkipSpace(b, j)
	if scan.EqualFold(c.Scheme, "Application") && !startsParam(b, i) {
		if k := scan.Token(b, i); k > i && ends(b, k) {
			c.Application, c.Scheme = true, b[i:k:k]
			i = scan.SkipSpace(b, k)
		}
	}
	if i == len(b) || b[i] == ',' {
		return c, i, ""
	}
	if i == j {
		return c, i, "blank expected after the scheme"
	}
	if k := scanToken68(b, i); !c.Application {
		if e := scan.SkipSpace(b, k); e == len(b) || b[e] == ',' {
			c.Token = b[i:k:k]
			return c, e, ""
		}
	}
	return scanAuthParams(c, b, i)
}

// scanAuthParams reads the parameters of c at i, and the words between them if c
// is an Application challenge.
func scanAuthParams(c Challenge, b []byte, i int) (Challenge, int, string) {
	var param, word int // where the first one begins
	for {
		p, what := c.scanItem(b, i)
		switch {
		case what == "":
			if c.Params == nil {
				param = i
			}
			c.Params = b[param:p:p]
		case c.Application && scanWord(b, i) != i:
			p = scanWord(b, i)
			if c.Token == nil {
				word = i
			}
			c.Token = b[word:p:p]
		default:
			return c, p, what
		}
		i = scan.SkipSpace(b, p)
		if i < len(b) && b[i] != ',' {
			if c.Application {
				continue
			}
			return c, i, "comma expected"
		}
		next := i
		for next < len(b) && (b[next] == ',' || scan.IsSpace(b[next])) {
			next++
		}
		if !startsParam(b, next) {
			break
		}
		i = next
	}
	return c, i, ""
}

// scanItem reads a parameter at i. In an Application challenge a parameter ends at a blank or comma
// (a=b/c is a word), and its value is not the name of the next one: in a= b ="c" the parameter is
// b.
func (c Challenge) scanItem(b []byte, i int) (end int, what string) {
	end, what = scan.AuthParam(b, i)
	if what == "" && c.Application {
		next := scan.SkipSpace(b, end)
		if !ends(b, end) || b[end-1] != '"' && next < len(b) && b[next] == '=' {
			what = "not a parameter"
		}
	}
	return end, what
}

func ends(b []byte, i int) bool { return i == len(b) || scan.IsSpace(b[i]) || b[i] == ',' }

// startsParam reports whether a name and '=' stand at i: a parameter, good or bad, and not a
// scheme.
func startsParam(b []byte, i int) bool {
	j := scan.Token(b, i)
	k := scan.SkipSpace(b, j)
	return j > i && k < len(b) && b[k] == '='
}

func scanToken68(b []byte, i int) int {
	start := i
	for i < len(b) && scan.Is(b[i], scan.IsToken68) {
		i++
	}
	for i > start && i < len(b) && b[i] == '=' {
		i++
	}
	return i
}

// scanWord reads visible ASCII without quotes and commas.
func scanWord(b []byte, i int) int {
	for i < len(b) && b[i] > ' ' && b[i] < 0x7f && b[i] != '"' && b[i] != ',' {
		i++
	}
	return i
}

// Param returns the value of the first parameter of that name, without quotes
// and escapes. Names compare without regard to the case of ASCII letters.
func (c Challenge) Param(name string) (string, bool) {
	b := c.Params
	for i := 0; i < len(b); {
		if b[i] == ',' || scan.IsSpace(b[i]) {
			i++
			continue
		}
		end, what := c.scanItem(b, i)
		if what != "" {
			if end = scanWord(b, i); end == i {
				return "", false
			}
		} else if j := scan.Token(b, i); scan.EqualFold(b[i:j], name) {
			k := scan.SkipSpace(b, scan.SkipSpace(b, j)+1)
			return string(scan.Unquote(b[k:end])), true
		}
		i = end
	}
	return "", false
}
