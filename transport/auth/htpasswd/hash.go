package htpasswd

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	apache "github.com/tg123/go-htpasswd"
)

// hash is the hash of one user's password.
type hash struct {
	text     string
	price    int // of hashing, in units of about a microsecond
	password apache.EncodedPasswd
}

// matches reports whether the hash is that of password.
func (h *hash) matches(password string) bool { return h.password.MatchesPassword(password) }

// kind is a way of hashing.
type kind struct {
	prefix string
	// Of the hashes that a password can have; the group is the cost or the rounds.
	form    *regexp.Regexp
	want    string // the form in words
	least   int    // smallest value of the group
	most    int
	costs   string // describes the group
	implied int    // value of the group where it is left out
	price   func(cost int) int
	accept  apache.PasswdParser
}

// Only some characters may be the last one, because it carries fewer bits than others: hashes are
// compared as text, and no password has one that ends otherwise.
var kinds = []kind{
	bcrypt("$2y$"), bcrypt("$2b$"), bcrypt("$2a$"), bcrypt("$2x$"),
	md5Crypt("$apr1$"), md5Crypt("$1$"),
	shaCrypt("$5$", `[./0-9A-Za-z]{42}[./0-9A-D]`, 0.4),
	shaCrypt("$6$", `[./0-9A-Za-z]{85}[./01]`, 1),
	sha1Kind("{SHA}", `[+/0-9A-Za-z]{27}=`, "27 characters of Base64 and ="),
	sha1Kind("{SSHA}",
		`(?:[+/0-9A-Za-z]{4}){6,}(?:[+/0-9A-Za-z]{4}|[+/0-9A-Za-z]{3}=|[+/0-9A-Za-z]{2}==)`,
		"Base64 of 20 bytes and the salt"),
}

func bcrypt(prefix string) kind {
	return kind{
		prefix: prefix,
		form:   regexp.MustCompile(`^([0-9]{2})\$[./A-Za-z0-9]{52}[.CGKOSWaeimquy26]$`),
		want:   "a cost of two digits and 53 characters of salt and hash",
		least:  4,
		most:   16,
		costs:  "the cost",
		price:  func(cost int) int { return 80 << cost },
		accept: apache.AcceptBcrypt,
	}
}

func md5Crypt(prefix string) kind {
	return kind{
		prefix: prefix,
		form:   regexp.MustCompile(`^[^$]{0,8}\$[./0-9A-Za-z]{21}[./01]$`),
		want:   "at most 8 characters of salt and 22 of hash",
		price:  func(int) int { return 250 }, accept: apache.AcceptMd5,
	}
}

func shaCrypt(prefix, sum string, microseconds float64) kind {
	return kind{
		prefix: prefix,
		form:   regexp.MustCompile(`^(?:rounds=([1-9][0-9]*)\$)?[^$=]{0,16}\$` + sum + `$`),
		want:   "rounds=N at most, 16 characters of salt, and a whole hash",
		least:  1000, most: 1000000, costs: "the number of rounds", implied: 5000,
		price:  func(rounds int) int { return int(float64(rounds) * microseconds) },
		accept: apache.AcceptCryptSha,
	}
}

func sha1Kind(prefix, sum, want string) kind {
	accept := apache.AcceptSha
	if prefix == "{SSHA}" {
		accept = apache.AcceptSsha
	}
	return kind{prefix: prefix, form: regexp.MustCompile("^" + sum + "$"), want: want,
		price: func(int) int { return 1 }, accept: accept}
}

var (
	errForm  = errors.New("expected USER:HASH or USER:HASH:comment, as htpasswd -B makes it")
	errName  = errors.New("the name of the user has control characters, which no client can send")
	errPlain = errors.New(
		"this is no hash that is known; expected one by bcrypt ($2y$, $2b$, $2a$, $2x$), MD5 ($apr1$, " +
			"$1$), SHA-256 or SHA-512 crypt ($5$, $6$) or SHA-1 ({SHA}, {SSHA}). " +
			"Passwords in the clear, traditional crypt and others are not accepted; htpasswd -B makes a " +
			"hash that is")
)

// parseLine reads USER:HASH or USER:HASH:comment.
func parseLine(line string) (user string, h *hash, err error) {
	user, rest, ok := strings.Cut(line, ":")
	text, _, _ := strings.Cut(rest, ":")
	text = strings.TrimSpace(text)
	isControl := func(r rune) bool { return r < ' ' || r == 0x7f }
	switch {
	case !ok || text == "":
		return "", nil, errForm
	case strings.ContainsFunc(user, isControl):
		return "", nil, errName
	}
	h, err = parseHash(text)
	return user, h, err
}

// parseHash accepts only hashes that a password can have.
func parseHash(text string) (*hash, error) {
	for i := range kinds {
		if rest, ok := strings.CutPrefix(text, kinds[i].prefix); ok {
			return kinds[i].parse(text, rest)
		}
	}
	return nil, errPlain
}

func (k *kind) parse(text, rest string) (*hash, error) {
	groups := k.form.FindStringSubmatch(rest)
	if groups == nil {
		return nil, fmt.Errorf(
			"no password has this hash: %s is followed by %s. Was it cut off? htpasswd -B makes another",
			k.prefix, k.want)
	}
	cost := k.implied
	if len(groups) > 1 && groups[1] != "" {
		n, err := strconv.Atoi(groups[1])
		if err != nil || n < k.least || n > k.most {
			return nil, fmt.Errorf(
				"%s of a %s hash must be %d to %d: more takes seconds for each password, less matches none; "+
					"htpasswd -B makes another", k.costs, k.prefix, k.least, k.most)
		}
		cost = n
	}
	password, err := k.accept(text)
	if err != nil || password == nil {
		return nil, errForm
	}
	return &hash{text: text, price: k.price(cost), password: password}, nil
}
