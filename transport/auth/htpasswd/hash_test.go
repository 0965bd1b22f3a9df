package htpasswd

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Hashes of "welcome" that htpasswd, openssl passwd and crypt(3) have made.
var made = map[string]string{
	"bcrypt":               "$2y$04$XddBUvRl0IeJl29yJuBEDOuc8eRhrulT8wrmLpl/lbe.2PiS/5pyS",
	"MD5 of Apache":        "$apr1$cD7eEMCV$UI9o6spsjzRWJFwpSn/fC1",
	"MD5":                  "$1$abcdefgh$gMZGEVeYQHHxf4YCBd82H0",
	"MD5 without salt":     "$1$$bxfhWOqQyS8K4bftEGq6M1",
	"SHA-256":              "$5$kz.uNBw0LVsMjlLV$810BtEiIadv3HP5dFOEdu.sYRyEHtO5ZHgNKmnmc2u6",
	"SHA-256 with rounds":  "$5$rounds=2000$a$j0UMB6s8B7hccwUCXVu8U7unXoiJt4QfX2pAcPKM/z1",
	"SHA-256 without salt": "$5$$jfgSp/Fm8zJpjU0Vp109Mq/aXkzFG33Yb.0aJr4x6I3",
	"SHA-512": "$6$cioDT0dC.njRr7/.$" +
		"ug8Isrmb2fcSZVlZ5CHbiIOeJ9QlfhJAmsloiYf3IZFBGRNfx9A6tvv6FkBDlVfmguwbwSnCsMFC2vxm07atI.",
	"SHA-512 with rounds": "$6$rounds=1000$abcdefghijklmnop$" +
		"ow/d8AnWyFe2e7GN3sPpTfGcoOGHggfy2NrTFjfONpeasKpeKwXIK5t2BISWqN4z1iBRccOnAaINWfmaCDbt30",
	"SHA-512 without salt": "$6$$" +
		"SfgUrLXM4gGaxgAB7rUf5grkLwrQ9PjfPxmxuty0sKR40Y3WIIXL04GOfGdsk8BMDAomxFeiE7ez8gcMTNidO0",
	"SHA-1":                  "{SHA}wLE3/i15JFnyb/djzORFdKW1qwM=",
	"salted SHA-1":           "{SSHA}Eoo8VhdGdkAXwCTUt9Ql0xYHfSpzYWx0",
	"SHA-1 of an empty salt": "{SSHA}wLE3/i15JFnyb/djzORFdKW1qwM=",
}

func TestParse_EveryKindOfHash(t *testing.T) {
	for name, hash := range made {
		for form, line := range map[string]string{
			"alone": hash, "comment": hash + ":called Joe", "empty comment": hash + ":",
			"comment with colons": hash + ":Joe: 12:30", "blank": hash + " ", "CRLF": hash + "\r",
		} {
			u, err := parse("joe:" + line + "\n")
			require.NoError(t, err, "%s, %s", name, form)
			require.True(t, u.of["joe"].matches("welcome"), "%s, %s", name, form)
			require.False(t, u.of["joe"].matches("Welcome"), "%s, %s", name, form)
			require.False(t, u.of["joe"].matches(""), "%s, %s", name, form)
		}
	}
}

// Lines that no password matches are mistakes of the file's author, and some of them ended the
// process when a password came.
func TestParse_RefusesHashesThatNoPasswordHas(t *testing.T) {
	bcrypt, md5, sha256, sha512 := made["bcrypt"], made["MD5 of Apache"],
		made["SHA-256"], made["SHA-512"]
	end := func(of string, last string) string { return of[:len(of)-1] + last }
	rounds := func(n string) string {
		return strings.Replace(made["SHA-512 with rounds"], "1000", n, 1)
	}
	for name, c := range map[string]struct{ hash, says string }{
		"bcrypt cut off":             {end(bcrypt, ""), "cut off"},
		"bcrypt with more behind it": {bcrypt + "x", "cut off"},
		"bcrypt of a smaller cost":   {strings.Replace(bcrypt, "04", "03", 1), "must be 4 to 16"},
		"bcrypt of a greater cost":   {strings.Replace(bcrypt, "04", "17", 1), "must be 4 to 16"},
		"bcrypt of no cost":          {strings.Replace(bcrypt, "04", "+5", 1), "two digits"},
		"bcrypt of another length":   {"$2y$04$abc", "cut off"},
		"bcrypt of another end":      {end(bcrypt, "T"), "cut off"},
		"bcrypt of another alphabet": {strings.Replace(bcrypt, "dB", "d+", 1), "cut off"},
		"bcrypt without a letter":    {strings.Replace(bcrypt, "$2y$", "$2$", 1), "not accepted"},
		"MD5 without a hash":         {"$apr1$cD7eEMCV$", "cut off"},
		"MD5 without anything":       {"$apr1$", "cut off"},
		"MD5 cut off":                {end(md5, ""), "cut off"},
		"MD5 of another end":         {end(md5, "2"), "cut off"},
		"MD5 of a longer salt":       {strings.Replace(md5, "cD7", "ccD7", 1), "at most 8"},
		"SHA-256 cut off":            {end(sha256, ""), "cut off"},
		"SHA-256 of another end":     {end(sha256, "E"), "cut off"},
		"SHA-256 of a longer salt":   {strings.Replace(sha256, "kz.", "kzz.", 1), "16 characters"},
		"SHA-256 as SHA-512":         {strings.Replace(sha256, "$5$", "$6$", 1), "cut off"},
		"SHA-512 cut off":            {end(sha512, ""), "cut off"},
		"SHA-512 of another end":     {end(sha512, "2"), "cut off"},
		"SHA-512 without a hash":     {"$6$salt", "cut off"},
		"SHA-512 of rounds in words": {rounds("many"), "rounds=N"},
		"SHA-512 of a zero before":   {rounds("01000"), "rounds=N"},
		"SHA-512 of empty rounds":    {rounds(""), "rounds=N"},
		"SHA-512 of rounds as salt": {strings.Replace(sha512, "cioDT0dC.njRr7/.",
			"rounds=", 1), "rounds=N"},
		"SHA-512 of fewer rounds":      {rounds("999"), "must be 1000 to 1000000"},
		"SHA-512 of more rounds":       {rounds("1000001"), "must be 1000 to 1000000"},
		"SHA-512 of most rounds":       {rounds("999999999"), "must be 1000 to 1000000"},
		"SHA-512 of overflowing ones":  {rounds("99999999999999999999"), "must be 1000 to 1000000"},
		"SHA-512 of other parameters":  {strings.Replace(sha512, "$6$", "$6$turns$", 1), "cut off"},
		"SHA-1 cut off":                {"{SHA}wLE3/i15JFnyb/djzORFdKW1qw==", "cut off"},
		"SHA-1 of another alphabet":    {"{SHA}wLE3/i15JFnyb/djzORFdKW1q!M=", "cut off"},
		"salted SHA-1 cut off":         {"{SSHA}wLE3/i15JFnyb/djzORFdKW1", "cut off"},
		"salted SHA-1 without padding": {"{SSHA}wLE3/i15JFnyb/djzORFdKW1qwM", "cut off"},
		"salted SHA-1 of no bytes":     {"{SSHA}", "cut off"},
		"in the clear":                 {"welcome", "in the clear"},
		"traditional crypt":            {"MfikbDCmeIdfo", "traditional crypt"},
		"yescrypt":                     {"$y$j9T$abc$def", "not accepted"},
		"nothing":                      {"", "USER:HASH:comment"},
		"a comment only":               {":comment", "USER:HASH:comment"},
	} {
		_, err := parse("# users\njoe:" + c.hash + "\n")
		require.ErrorContains(t, err, "line 2: ", name)
		require.ErrorContains(t, err, c.says, name)
	}
}

// The formats that an error lists as accepted are accepted, and no others.
func TestParse_ErrorListsWhatIsAccepted(t *testing.T) {
	for i := range kinds {
		require.Contains(t, errPlain.Error(), kinds[i].prefix)
	}
	require.NotRegexp(t, `expected.*or crypt\b`, errPlain.Error())
}

func TestParse_RefusesLinesThatNobodyUses(t *testing.T) {
	sha := made["SHA-1"]
	for text, says := range map[string]string{
		"joe:" + sha + "\nann:" + sha + "\njoe:" + sha + "\n": "line 3: the user of line 1 again",
		"jo\x01e:" + sha: "control characters", "joe": "USER:HASH",
	} {
		_, err := parse(text)
		require.ErrorContains(t, err, says)
	}
	u, err := parse("\ufeffjoe:" + sha)
	require.NoError(t, err, "a Windows editor has written it")
	require.Contains(t, u.of, "joe")
}

// FuzzParse: whatever file is accepted, checking a password ends without a panic.
func FuzzParse(f *testing.F) {
	for _, hash := range made {
		f.Add("joe:"+hash, "welcome")
	}
	f.Fuzz(func(t *testing.T, text, password string) {
		u, err := parse(text)
		if err != nil || len(password) > longest {
			return
		}
		for _, h := range u.of {
			if h.price < 3000 {
				h.matches(password)
			}
		}
	})
}
