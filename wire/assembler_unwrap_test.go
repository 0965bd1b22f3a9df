package wire

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	wrapper   = "HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=UTF-8\r\n\r\n"
	challenge = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Application Basic realm=\"demo\"\r\n" +
		"Content-Length: 4\r\n\r\n"
)

// The form of Kaazing gateways 3.x, cut at every place and in single bytes.
func TestAssembler_Unwrap(t *testing.T) {
	all := wrapper + challenge + "body"
	check := func(p Progress, a *Assembler) {
		require.Equal(t, UnitFull, p)
		require.True(t, a.Unwrapped())
		require.Equal(t, 401, a.Response.Status)
		require.Equal(t, "body", string(a.Response.Body))
		require.Equal(t, 1, a.Response.Fields.Count("WWW-Authenticate"))
		p, err := a.Add(Binary, nil)
		require.NoError(t, err)
		require.Equal(t, UnitTerminated, p)
	}
	a := Assembler{Unwrap: true}
	for _, kind := range []MessageType{Text, Binary} {
		for i := range len(all) {
			a.Reset(Limits{})
			_, err := a.Add(kind, []byte(all[:i]))
			if i > 0 {
				require.NoError(t, err, "cut at %d", i)
			} else {
				a.Reset(Limits{})
			}
			p, err := a.Add(kind, []byte(all[i:]))
			require.NoError(t, err, "cut at %d", i)
			check(p, &a)
		}
		a.Reset(Limits{})
		var p Progress
		for i := range len(all) {
			var err error
			p, err = a.Add(kind, []byte{all[i]})
			require.NoError(t, err)
		}
		check(p, &a)
	}

	sized := func(n int) string {
		return "HTTP/1.1 200 OK\r\nContent-Length: " + strconv.Itoa(n) + "\r\n\r\n" + challenge + "body"
	}
	a.Reset(Limits{})
	p, err := a.Add(Binary, []byte(sized(len(challenge)+4)))
	require.NoError(t, err)
	check(p, &a)
	for _, n := range []int{1, len(challenge) + 3, len(challenge) + 5} {
		a.Reset(Limits{})
		_, err := a.Add(Binary, []byte(sized(n)))
		require.Equal(t, KindContentLength, KindOf(err), "%d: %v", n, err)
	}
	const bare = "HTTP/1.1 401 No\r\n\r\n"
	a.Reset(Limits{})
	p, err = a.Add(Binary, []byte("HTTP/1.1 200 OK\r\nContent-Length: "+strconv.Itoa(len(bare)+1)+
		"\r\n\r\n"+bare+"x"))
	require.NoError(t, err)
	require.Equal(t, UnitFull, p, "the length around it counts")
	require.Equal(t, "x", string(a.Response.Body))
}

// Nothing but a 401 in a 200 is unwrapped, and nothing at all without the setting.
func TestAssembler_UnwrapOnly401(t *testing.T) {
	for name, text := range map[string]string{
		"403":          wrapper + "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
		"101":          wrapper + "HTTP/1.1 101 Switching Protocols\r\n\r\n",
		"in 201":       "HTTP/1.1 201 Created\r\n\r\n" + challenge + "body",
		"no body":      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + challenge + "body",
		"twice":        wrapper + wrapper + challenge + "body",
		"after a line": wrapper + "\r\n" + challenge + "body",
	} {
		a := Assembler{Unwrap: true}
		_, err := a.Add(Binary, []byte(text))
		require.False(t, a.Unwrapped(), name)
		if name != "after a line" { // there it is text
			require.Error(t, err, name)
		}
	}
	var a Assembler
	_, err := a.Add(Binary, []byte(wrapper+challenge))
	require.Equal(t, KindSurplus, KindOf(err))
}

// A wrapped response without body holds to the length around it, too.
func TestAssembler_UnwrapEmpty(t *testing.T) {
	inner := "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Application Basic realm=\"demo\"\r\n" +
		"Content-Length: 0\r\n\r\n"
	for body, want := range map[string]Kind{"": 0, "body": KindContentLength} {
		a := Assembler{Unwrap: true}
		a.Reset(Limits{})
		p, err := a.Add(Binary, []byte("HTTP/1.1 200 OK\r\nContent-Length: "+
			strconv.Itoa(len(inner)+len(body))+"\r\n\r\n"+inner+body))
		require.Equal(t, want, KindOf(err), "%q: %v", body, err)
		if want == 0 {
			require.Equal(t, UnitFull, p)
			require.Empty(t, a.Response.Body)
		}
	}
}

// A body that begins like a wrapped response is not complete, unless that is all of it.
func TestAssembler_UnwrapBeginning(t *testing.T) {
	for length, want := range map[string]Progress{"": UnitBody, "Content-Length: 9\r\n": UnitBody,
		"Content-Length: 6\r\n": UnitFull} {
		for _, cut := range []int{0, 1, 5} {
			a := Assembler{Unwrap: true}
			a.Reset(Limits{})
			if cut > 0 {
				p, err := a.Add(Binary, []byte("HTTP/1.1 200 OK\r\n"+length+"\r\n"+"HTTP/1"[:cut]))
				require.NoError(t, err)
				require.Equal(t, UnitBody, p)
				p, err = a.Add(Binary, []byte("HTTP/1"[cut:]))
				require.NoError(t, err)
				require.Equal(t, want, p, "%q", length)
				continue
			}
			p, err := a.Add(Binary, []byte("HTTP/1.1 200 OK\r\n"+length+"\r\nHTTP/1"))
			require.NoError(t, err)
			require.Equal(t, want, p, "%q", length)
		}
	}
}

// A wrapped response whose head is longer than the length around it has none of its own.
func TestAssembler_UnwrapShort(t *testing.T) {
	inner := "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Application Basic\r\n\r\n"
	a := Assembler{Unwrap: true}
	a.Reset(Limits{})
	_, err := a.Add(Binary, []byte("HTTP/1.1 200 OK\r\nContent-Length: "+strconv.Itoa(len(inner)-1)+
		"\r\n\r\n"+inner))
	require.Error(t, err)
	require.Equal(t, &ParseError{KindContentLength, len(inner),
		"the response around it has another length"}, err)
}

// The text around a response must be text as well.
func TestAssembler_UnwrapTextAround(t *testing.T) {
	const around = "HTTP/1.1 200 OK\r\nA: "
	a := Assembler{Unwrap: true}
	_, err := a.Add(Text, []byte(around+"\xff\r\n\r\n"+challenge))
	require.Equal(t, &ParseError{Kind: KindUTF8, Offset: len(around)}, err)
}

// A response that is unwrapped is text up to its end, wherever it is cut, and nothing is left of
// the fields of the response around it.
func TestAssembler_UnwrapText(t *testing.T) {
	const inner = "HTTP/1.1 401 Unauthorized\r\n\r\n"
	for end, want := range map[string]*ParseError{
		"\u20ac": nil, "\xff": {KindUTF8, len(inner), ""},
		"\xe2\x82": {KindUTF8, len(inner), "cut inside a character"},
	} {
		for cut := range len(wrapper + inner) {
			a := Assembler{Unwrap: true}
			_, err := a.Add(Text, []byte((wrapper + inner)[:cut+1]))
			require.NoError(t, err)
			if _, err = a.Add(Text, []byte((wrapper + inner)[cut+1:]+end)); err == nil {
				err = a.Finish()
			}
			if want == nil {
				require.NoError(t, err)
			} else {
				require.Equal(t, want, err, "cut at %d", cut+1)
			}
			require.True(t, a.Unwrapped())
			require.Empty(t, a.Response.Fields)
			for _, f := range a.Response.Fields[:cap(a.Response.Fields)] {
				require.Equal(t, Field{}, f)
			}
		}
	}
}

// A response that is unwrapped and cut in its head is partial again.
func TestAssembler_UnwrapPartial(t *testing.T) {
	a := Assembler{Unwrap: true}
	p, err := a.Add(Binary, []byte(wrapper))
	require.NoError(t, err)
	require.Equal(t, UnitBody, p)
	p, err = a.Add(Binary, []byte("HTTP/1.1 401 Unauthorized\r\n"))
	require.NoError(t, err)
	require.Equal(t, UnitPartial, p)
	require.False(t, a.HeadComplete())
	require.True(t, a.Unwrapped())
}

// The limit of a unit counts the response around another one, wherever the messages are cut.
func TestAssembler_UnwrapTooLarge(t *testing.T) {
	const unit = wrapper + challenge + "body"
	for cut := 1; cut < len(unit); cut++ {
		for limit, want := range map[int]error{len(unit): nil, len(unit) - 1: &ParseError{
			KindUnitTooLarge, len(challenge+"body") - 1, "over the limit"}} {
			a := Assembler{Unwrap: true}
			a.Reset(Limits{Unit: limit})
			_, err := a.Add(Binary, []byte(unit[:cut]))
			require.NoError(t, err)
			if _, err = a.Add(Binary, []byte(unit[cut:])); want == nil {
				require.NoError(t, err, "cut at %d", cut)
			} else {
				require.Equal(t, want, err, "cut at %d", cut)
			}
		}
	}
}
