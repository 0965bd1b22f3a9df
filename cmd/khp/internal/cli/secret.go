package cli

import (
	"errors"
	"os"
	"strings"
)

// longestSecret is how many bytes of a file can be a secret.
const longestSecret = 4096

// Secret returns the secret that text stands for: ${NAME} is a variable of the environment, @FILE
// the content of a file without the end of its line, @@ at the beginning an @, all else itself.
// Errors do not quote text, which may be a password with an @.
func Secret(text string) (string, error) {
	if rest, ok := strings.CutPrefix(text, "@@"); ok {
		return "@" + rest, nil
	}
	if file, ok := strings.CutPrefix(text, "@"); ok {
		content, err := os.ReadFile(file)
		if err != nil {
			return "", errors.New("the file behind @ cannot be read: " + Cause(err).Error() +
				"; choose another one, or write @@ for a password that begins with @")
		}
		secret := strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
		if secret == "" || len(secret) > longestSecret || strings.ContainsAny(secret, "\r\n") {
			return "", errors.New("the file behind @ must hold one line of at most 4096 bytes, the password")
		}
		return secret, nil
	}
	if name, ok := strings.CutPrefix(text, "${"); ok && strings.HasSuffix(name, "}") {
		secret := os.Getenv(strings.TrimSuffix(name, "}"))
		if secret == "" {
			return "", errors.New("the variable of the environment in ${} is not set; set it, " +
				"or write the password into a file and @FILE here")
		}
		return secret, nil
	}
	if strings.Contains(text, "${") {
		return "", errors.New("a ${VARIABLE} stands for the whole password, and ends with }; " +
			"write a password that has ${ in it into a file, and @FILE here")
	}
	return text, nil
}
