package property

// Program is a reader for inputs that are lists of instructions: each takes as many bytes as it
// needs, and zeros when there are no more.
type Program struct {
	b     []byte
	Texts []string // choices of Text
}

// NewProgram reads b, with texts to choose from.
func NewProgram(b []byte, texts []string) *Program { return &Program{b: b, Texts: texts} }

// More reports whether there is an instruction left.
func (p *Program) More() bool { return len(p.b) > 0 }

// Byte takes one byte.
func (p *Program) Byte() byte {
	if len(p.b) == 0 {
		return 0
	}
	c := p.b[0]
	p.b = p.b[1:]
	return c
}

// Code takes two bytes, for a status or close code.
func (p *Program) Code() int { return int(p.Byte())<<8 | int(p.Byte()) }

// Piece takes bytes as they are: a length, and so many.
func (p *Program) Piece() []byte {
	n := min(int(p.Byte()), len(p.b))
	piece := p.b[:n:n]
	p.b = p.b[n:]
	return piece
}

// Text takes one byte and returns one of the texts.
func (p *Program) Text() []byte {
	texts := p.Texts
	if texts == nil {
		texts = pieces
	}
	return []byte(texts[int(p.Byte())%len(texts)])
}

// pieces are parts of responses: an index takes a program further than the bytes would.
var pieces = []string{
	"HTTP/1.1 101 Switching Protocols\r\n", "HTTP/1.1 201 Made\r\n", "HTTP/1.1 401 No\r\n",
	"HTTP/1.1 204\r\n", "HTTP/1.1 ", "\r\n", "\r", "\n", "\r\n\r\n",
	"Content-Length: 5\r\n", "Content-Length: 0\r\n", "Content-Length: ", "Upgrade: websocket\r\n",
	"WWW-Authenticate: Basic realm=\"x\"\r\n", "X: ", "X", ":",
	"hello", "HTTP/1.1 202 Accepted\r\n\r\n", "HTTP/1.1 101\r\n\r\n", "\xc3", "\xa9", "\xe2\x82",
	"\x00", " ", "Transfer-Encoding: chunked\r\n", "Host: a\r\n", "HTTP/1.1 200 OK\r\n", "\xff",
}
