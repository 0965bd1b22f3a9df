package retryafter

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSeconds(t *testing.T) {
	now := time.Date(1994, 11, 6, 8, 49, 0, 0, time.UTC).Unix()
	for _, c := range []struct {
		name, in string
		want     int64 // -1 means not ok
	}{
		{"zero", "0", 0},
		{"seconds", "120", 120},
		{"leading zeros", "007", 7},
		{"huge", "99999999999999999999", maxRetry},
		{"imf", "Sun, 06 Nov 1994 08:49:37 GMT", 37},
		{"rfc850", "Sunday, 06-Nov-94 08:49:37 GMT", 37},
		{"asctime", "Sun Nov  6 08:49:37 1994", 37},
		{"asctime two digits", "Wed Nov 16 08:49:00 1994", 864000},
		{"past", "Sun, 06 Nov 1994 08:48:37 GMT", 0},
		{"far", "Sun, 06 Nov 9999 08:48:37 GMT", maxRetry},
		{"leap second", "Sun, 06 Nov 1994 08:49:60 GMT", 60},
		{"rfc850 next century", "Thursday, 06-Nov-03 08:49:37 GMT", maxRetry},
		{"rfc850 past", "Sunday, 06-Nov-93 08:49:37 GMT", 0},
		{"empty", "", -1},
		{"negative", "-1", -1},
		{"fraction", "1.5", -1},
		{"word", "soon", -1},
		{"zone", "Sun, 06 Nov 1994 08:49:37 CET", -1},
		{"cut", "Sun, 06 Nov 1994 08:49", -1},
		{"trailing", "Sun, 06 Nov 1994 08:49:37 GMT ", -1},
		{"month", "Sun, 06 Nuv 1994 08:49:37 GMT", -1},
		{"day", "Sun, 32 Nov 1994 08:49:37 GMT", -1},
		{"day of a short month", "Sun, 31 Nov 1994 08:49:37 GMT", -1},
		{"no leap day", "Sun, 29 Feb 1995 08:49:37 GMT", -1},
		{"hour", "Sun, 06 Nov 1994 24:49:37 GMT", -1},
		{"weekday", "Son, 06 Nov 1994 08:49:37 GMT", -1},
		{"long weekday", "Sonntag, 06-Nov-94 08:49:37 GMT", -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := Seconds([]byte(c.in), now)
			require.Equal(t, c.want >= 0, ok)
			require.Equal(t, max(c.want, 0), got)
		})
	}
	got, ok := Seconds([]byte("Sun, 06 Nov 1994 08:49:37 GMT"), -1<<63)
	require.True(t, ok)
	require.Equal(t, int64(maxRetry), got)
}

// The calendar is that of package time.
func TestSeconds_AgreesWithTime(t *testing.T) {
	formats := []string{http.TimeFormat, "Monday, 02-Jan-06 15:04:05 GMT", time.ANSIC}
	rapid.Check(t, func(t *rapid.T) {
		now := rapid.Int64Range(0, 253402300799-maxRetry).Draw(t, "now")
		wait := rapid.Int64Range(-maxRetry, maxRetry).Draw(t, "wait")
		at := time.Unix(now+wait, 0).UTC()
		if at.Year() < 1000 {
			return
		}
		got, ok := Seconds([]byte(at.Format(rapid.SampledFrom(formats).Draw(t, "format"))), now)
		require.True(t, ok)
		require.Equal(t, max(wait, 0), got)
	})
}
