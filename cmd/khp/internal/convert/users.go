package convert

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// user is a user of a jaas-config.xml.
type user struct {
	name, hash string
	roles      []string
}

// readUsers reads the users of a jaas-config.xml. Passwords are hashed at once.
func readUsers(file string, top *node, r *report) (list []user) {
	seen := map[string]bool{}
	for _, n := range top.all("user") {
		name := n.value("name")
		refuse := func(why string) { r.say(file, n, lost, "<user>", why) }
		switch {
		case name == "" || strings.ContainsAny(name, ":\r\n\x00") || strings.HasPrefix(name, "#"):
			refuse("a name that is empty, begins with # or holds a colon cannot stand in an htpasswd file")
			continue
		case seen[name]:
			refuse("the user stands here twice; the first one counts")
			continue
		case n.value("password") == "":
			refuse("no password")
			continue
		}
		seen[name] = true
		hash, err := bcrypt.GenerateFromPassword([]byte(n.value("password")), bcrypt.DefaultCost)
		if err != nil {
			refuse("the password is longer than the 72 bytes that bcrypt takes; give the user a shorter one")
			continue
		}
		// Apache has another name for the same hash.
		u := user{name: name, hash: "$2y$" + strings.TrimPrefix(string(hash), "$2a$")}
		for _, role := range n.all("role-name") {
			u.roles = append(u.roles, role.text)
		}
		list = append(list, u)
	}
	return list
}

// htpasswd is the text of a file with the users who have all roles, "" if there are none.
func htpasswd(list []user, roles []string) string {
	var b strings.Builder
	for _, u := range list {
		if !slices.ContainsFunc(roles, func(role string) bool {
			return role != "*" &&
				!slices.Contains(u.roles, role)
		}) {
			fmt.Fprintf(&b, "%s:%s\n", u.name, u.hash)
		}
	}
	return b.String()
}

// htpasswdName names the file for users with these roles.
func htpasswdName(roles []string) string {
	name := "htpasswd"
	for _, role := range roles {
		if role != "*" {
			name += "-" + strings.Map(func(c rune) rune {
				if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' {
					return c
				}
				return '_'
			}, role)
		}
	}
	return name
}
