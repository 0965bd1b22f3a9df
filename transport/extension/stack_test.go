package extension

import (
	"errors"
	"testing"
	"time"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// tagged is an extension that marks messages, so that the order shows.
type tagged struct {
	Pass
	name string
	declines,
	refuses bool
	due time.Time
}

func (x tagged) Name() string  { return x.name }
func (x tagged) Offer() string { return "" }
func (x tagged) Accept(asked Request) (string, Session, bool) {
	_, wanted := asked.Param("not")
	return "", x, !x.declines && !wanted
}
func (x tagged) Confirm(wire.Extension) (Session, error) {
	if x.refuses {
		return nil, errors.New("no")
	}
	return x, nil
}
func (x tagged) Outgoing(f Flow, m Message) { f.Send(text(string(m.Data) + ">" + x.name)) }
func (x tagged) Incoming(f Flow, m Message) { f.Deliver(text(string(m.Data) + ">" + x.name)) }
func (x tagged) Deadline() time.Time        { return x.due }
func (x tagged) Expired(f Flow) {
	f.Send(text(x.name + " expired"))
	f.Deliver(text(x.name + " expired"))
}

func TestStack_Order(t *testing.T) {
	use := []Extension{tagged{name: "app"}, tagged{name: "mid"}, tagged{name: "net"}}
	answer, sessions := Accept(use, []string{"net", "other", "mid;x=1", "app"}, []string{"own;a=b"})
	require.Equal(t, []string{"own;a=b", "app", "mid", "net"}, answer,
		"in the server's order, after what it answers by itself")
	confirmed, err := Confirm([]Extension{use[2], use[0], use[1]}, answer)
	require.NoError(t, err)
	require.Equal(t, sessions, confirmed,
		"both sides have the same order, whatever the client's list says")
	s := NewStack(append(sessions, nil))
	sent, _, _ := sortActions(s.Outgoing(time.Time{}, text("m")))
	require.Equal(t, []Message{text("m>app>mid>net")}, sent)
	_, got, _ := sortActions(s.Incoming(time.Time{}, text("m")))
	require.Equal(t, []Message{text("m>net>mid>app")}, got)
}

func TestStack_Deadlines(t *testing.T) {
	at := time.Unix(1e9, 0)
	s := NewStack([]Session{tagged{name: "late", due: at.Add(2)}, tagged{name: "never"},
		tagged{name: "first", due: at}})
	require.Equal(t, at, s.Deadline())
	sent, got, _ := sortActions(s.Expired(at.Add(1)))
	require.Equal(t, []Message{text("first expired")}, sent)
	require.Equal(t, []Message{text("first expired>never>late")}, got)
	s.fail(1008, "")
	require.Zero(t, s.Deadline())
	require.Empty(t, s.Expired(at.Add(3)))
}

func TestPass(t *testing.T) {
	s := NewStack([]Session{Pass{}, nil})
	require.Empty(t, s.Open(time.Time{}))
	s.Heard(time.Time{})
	require.Zero(t, s.Deadline())
	require.Empty(t, s.Expired(time.Now()))
	Pass{}.Expired(Flow{s, 0})
	sent, _, _ := sortActions(s.Outgoing(time.Time{}, binary("b")))
	require.Equal(t, []Message{binary("b")}, sent)
	_, got, _ := sortActions(s.Incoming(time.Time{}, binary("b")))
	require.Equal(t, []Message{binary("b")}, got)
}

func TestAccept(t *testing.T) {
	one, other := tagged{name: "one"}, tagged{name: "other", declines: true}
	for name, c := range map[string]struct{ asked, selected, want []string }{
		"nothing asked":      {},
		"unknown":            {asked: []string{"x-kaazing-http-revalidate", "Two"}},
		"declined":           {asked: []string{"other"}},
		"first alternative":  {asked: []string{"one;a", "one;b"}, want: []string{"one"}},
		"second alternative": {asked: []string{"one;not", "one;b"}, want: []string{"one"}},
		"answered by the decision": {asked: []string{"one"}, selected: []string{"one;level=3"},
			want: []string{"one;level=3"}},
		"names are case-sensitive":  {asked: []string{"ONE"}},
		"what is none is passed by": {asked: []string{";", "", "one"}, want: []string{"one"}},
	} {
		t.Run(name, func(t *testing.T) {
			answer, _ := Accept([]Extension{one, other, one}, c.asked, c.selected)
			require.Equal(t, c.want, append([]string(nil), answer...))
		})
	}
}

func TestOffers(t *testing.T) {
	raw := []string{"one;x=1", "three"}
	require.Equal(t, raw, Offers(nil, raw))
	require.Equal(t, []string{"one;x=1", "three", "two"},
		Offers([]Extension{tagged{name: "one"}, tagged{name: "two"}}, raw))
}

func TestConfirm(t *testing.T) {
	_, err := Confirm([]Extension{tagged{name: "one", refuses: true}}, []string{"one"})
	require.EqualError(t, err, "extension one: no")
	require.EqualError(t, errors.Unwrap(err), "no")
	sessions, err := Confirm([]Extension{tagged{name: "one"}}, []string{"two", "one;a"})
	require.NoError(t, err)
	require.Len(t, sessions, 1)
}
