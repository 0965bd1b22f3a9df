package config

import (
	"crypto/sha256"
	"encoding/json"
	"os"
	"reflect"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
)

// Prints returns a value for each key of the document that tells whether a reload changes it: files
// count with their content, passwords with the values that they stand for. Call it before Settle.
func (c *Config) Prints() map[string]string {
	all := make(map[string]string)
	for _, k := range Keys(reflect.TypeFor[Config]()) {
		sum := sha256.New()
		value := reflect.ValueOf(c).Elem().FieldByIndex(k.Field.Index)
		text, _ := json.Marshal(value.Interface()) // of texts and numbers
		sum.Write(text)
		held(value, k.Field.Tag.Get("holds"), func(text string) {
			one := sha256.Sum256([]byte(text))
			sum.Write(one[:])
		})
		all[k.Name] = string(sum.Sum(nil))
	}
	return all
}

// held calls f with the content of the files and secrets in a value. Those that cannot be read have
// been complained about.
func held(v reflect.Value, holds string, f func(text string)) {
	switch v.Kind() {
	case reflect.String:
		name := v.String()
		if _, value, ok := strings.Cut(name, "="); ok && v.Type() == reflect.TypeFor[string]() &&
			strings.HasPrefix(name, "/") {
			name = value
		}
		switch holds {
		case "file":
			text, _ := os.ReadFile(name)
			f(string(text))
		case "secret":
			_, password, _ := strings.Cut(name, ":")
			secret, _ := cli.Secret(password)
			f(secret)
		}
	case reflect.Slice:
		for i := range v.Len() {
			held(v.Index(i), holds, f)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			held(v.Elem(), holds, f)
		}
	case reflect.Struct:
		for _, k := range Keys(v.Type()) {
			held(v.FieldByIndex(k.Field.Index), k.Field.Tag.Get("holds"), f)
		}
	}
}
