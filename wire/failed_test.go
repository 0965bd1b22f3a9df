package wire

import (
	"slices"
	"testing"

	"example.com/khp/internal/corpus"
	"github.com/stretchr/testify/require"
)

// messageKinds are the errors of a request or a response that is parsed at once.
var messageKinds = []Kind{
	KindIncomplete, KindEmpty, KindRequestLine, KindStatusLine, KindStatusCode, KindMethod, KindTarget,
	KindTargetTooLong, KindVersion, KindLineEnd, KindFolded, KindNoColon, KindFieldName,
	KindFieldValue, KindHeadTooLarge, KindLineTooLong, KindTooManyFields, KindContentLength,
	KindTransferEncoding, KindHost, KindBodyTooShort, KindSurplus, KindBodyTooLarge,
	KindBodyForbidden,
}

// A message that is refused leaves nothing behind, of itself or of the one before it: a caller who
// overlooks the error sees no half of a message. Reset costs no allocation.
func TestMessage_EmptyAfterError(t *testing.T) {
	seen := map[Kind]bool{}
	var q Request
	var r Response
	check := func(name string, err error, room int) {
		if err == nil {
			return
		}
		seen[KindOf(err)] = true
		require.Empty(t, q.Fields, name)
		require.Empty(t, r.Fields, name)
		require.GreaterOrEqual(t, max(cap(q.Fields), cap(r.Fields)), room, name)
		require.Equal(t, Request{Fields: q.Fields, ContentLength: -1}, q, name)
		require.Equal(t, Response{Fields: r.Fields, ContentLength: -1}, r, name)
	}
	const used = 4
	dirty := func() {
		q = Request{Method: []byte("X"), Target: []byte("/"), Minor: 3, ContentLength: 9,
			Body: []byte("x"), Fields: make(Fields, 2, used)}
		r = Response{ContentLength: -1}
	}
	dirtyResponse := func() {
		q = Request{ContentLength: -1}
		r = Response{Status: 1, Minor: 3, Reason: []byte("X"), ContentLength: 9, Body: []byte("x"),
			Fields: make(Fields, 2, used)}
	}
	limits := []Limits{{}, {Head: 30}, {Line: 12}, {Fields: 1}, {Target: 3}, {Body: 2}}
	for _, c := range loadCorpus(t) {
		if c.Kind != "request" && c.Kind != "response" {
			continue
		}
		for _, l := range limits {
			for _, b := range [][]byte{c.bytes, c.bytes[:len(c.bytes)/2], c.bytes[:min(1, len(c.bytes))]} {
				dirty()
				check(c.ID, q.Parse(b, l), used)
				dirty()
				_, err := q.ParseHead(b, l)
				check(c.ID, err, used)
				dirty()
				_, err = q.ParseOpening(b, l)
				check(c.ID, err, used)
				dirtyResponse()
				check(c.ID, r.Parse(b, l), used)
				dirtyResponse()
				_, err = r.ParseHead(b, l)
				check(c.ID, err, used)
				dirtyResponse()
				_, _, err = r.ParseOpening(b, l)
				check(c.ID, err, used)
			}
		}
	}
	for _, k := range messageKinds {
		require.True(t, seen[k], "%v was not tried", k)
	}
}

// A unit that fails before its head is complete leaves no half of a response behind; one that fails
// later keeps the head and the body received so far. ContentLength is -1 from Reset on.
func TestAssembler_EmptyAfterError(t *testing.T) {
	seen := map[Kind]bool{}
	var a Assembler
	for _, c := range loadCorpus(t) {
		messages := c.messages
		if c.Kind == "response" {
			messages = []corpus.Message{{Content: c.bytes[:len(c.bytes)/2]}, {Text: true,
				Content: c.bytes[len(c.bytes)/2:]}, {Content: c.bytes[len(c.bytes)/2:]}, {}}
			messages = slices.Delete(messages, 1, 2-len(c.bytes)%2) // now and then of mixed types
		}
		for _, l := range []Limits{{}, {Head: 30}, {Line: 12}, {Fields: 1}, {Body: 2}, {Unit: 30},
			{Messages: 1}} {
			a.Reset(l)
			require.EqualValues(t, -1, a.Response.ContentLength)
			var err error
			for _, m := range messages {
				kind := Binary
				if m.Text {
					kind = Text
				}
				if _, err = a.Add(kind, m.Content); err != nil {
					break
				}
			}
			if err == nil {
				err = a.Finish()
			}
			switch {
			case err == nil:
			case a.HeadComplete():
				require.GreaterOrEqual(t, a.Response.Status, 100, c.ID)
			default:
				seen[KindOf(err)] = true
				require.Empty(t, a.Response.Fields, c.ID)
				require.Equal(t, Response{Fields: a.Response.Fields, ContentLength: -1}, a.Response, c.ID)
			}
		}
	}
	for _, k := range append(slices.Clone(messageKinds), KindTooManyMessages, KindUnitTooLarge,
		KindMixedTypes, KindNoUnit, KindUTF8) {
		switch k {
		case KindEmpty, KindRequestLine, KindMethod, KindTarget, KindTargetTooLong, KindHost,
			KindSurplus, KindBodyTooShort: // of a request, or behind the head
		default:
			require.True(t, seen[k], "%v was not tried", k)
		}
	}
}
