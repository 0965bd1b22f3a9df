package main

// parser is one of those compared.
type parser struct {
	name       string
	validating bool // it refuses control bytes in values; the others are here for orientation
	new        func() reader
}

// reader parses whole messages, one after the other, with all the memory it can reuse from the one
// before.
type reader interface {
	request(message []byte) error
	response(message []byte) error
	fields() int // how many the last message had
}

// parsers are compared with the first one.
var parsers = []parser{
	{"khp/wire", true, func() reader { return new(khpReader) }},
	{"net/http", true, func() reader { return newNetHTTPReader() }},
	{"fasthttp", true, func() reader { return newFastHTTPReader() }},
	{"hertz", true, func() reader { return new(hertzReader) }},
	{"httphead", false, func() reader { return newHTTPHeadReader() }},
}

// job returns the work of one measurement: parse the input once.
func (p parser) job(in input) func() error {
	r, message := p.new(), []byte(in.message)
	if in.response {
		return func() error { return r.response(message) }
	}
	return func() error { return r.request(message) }
}
