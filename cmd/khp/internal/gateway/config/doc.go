// Package config is the configuration document of khp serve: the types of its keys, strict reading
// of YAML into them, and the place of every value, for errors that are found later.
//
// [Config] is the document, [Listener], [Route], [Auth], [Limits] and [Timeouts] its parts. A new
// key is a field with a tag and a comment in one of these structs: reading, the error about a
// misspelled key, the JSON schema (whose descriptions are the comments) and the test that the
// example in docs/deploy/khp.yaml has every key follow from it. The package that uses a value
// checks it, with [At.Fault] for errors that say where a value is written.
//
// Keys of simple settings are flags of khp serve as well, and are read by the flag; see [Load].
package config

//go:generate go run ./schema ../../../../../docs/deploy/khp.schema.json
