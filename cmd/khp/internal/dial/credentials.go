package dial

import (
	"errors"
	"strconv"
	"strings"

	"example.com/khp/transport/auth"
	"example.com/khp/wire"
)

// The flags that answer challenges, as an example of their use.
const (
	flagUser  = "--user NAME:PASSWORD"
	flagToken = "--token TEXT"
)

// flagFor returns the flag that answers challenges of a scheme, "" if none does.
func flagFor(scheme string) string {
	switch strings.ToLower(scheme) {
	case "basic", "digest":
		return flagUser
	case "token", "bearer":
		return flagToken
	}
	return ""
}

// otherFlag says what helps against challenges that the flags given do not answer: the other flag,
// or none.
func otherFlag(challenges []auth.Challenge) string {
	var asked []string
	help := "for which neither --user nor --token helps"
	for _, ch := range challenges {
		asked = append(asked, strconv.QuoteToASCII(ch.Scheme))
		if flag := flagFor(ch.Scheme); flag != "" {
			help = "which " + flag + " answers"
		}
	}
	return "the server asks for " + strings.Join(asked, ", ") + ", " + help
}

// unanswerableText says what is wrong with a Digest challenge; err is that of
// [wire.Challenge.Digest].
func unanswerableText(err error) string {
	what := err.Error()
	if e, ok := errors.AsType[*wire.ParseError](err); ok {
		what = e.Detail
	}
	return "the server's Digest challenge cannot be answered: " + what
}
