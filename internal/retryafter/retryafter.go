// Package retryafter reads Retry-After fields.
package retryafter

import (
	"strconv"
	"strings"
	"time"

	"example.com/khp/internal/scan"
)

// maxRetry is the longest wait that Seconds reports: one year.
const maxRetry = 365 * 24 * 60 * 60

// Seconds reads a Retry-After value, a number of seconds or a date in one of
// the three forms of RFC 9110 section 5.6.7, and returns how many seconds to wait
// counted from nowUnix. The result is between 0 and one year; a date that has
// passed is 0. ok is false for anything else. [RFC 9110 10.2.3]
func Seconds(value []byte, nowUnix int64) (seconds int64, ok bool) {
	if len(value) == 0 {
		return 0, false
	}
	if n, ok := retrySeconds(value); ok {
		return n, true
	}
	at, ok := parseDate(string(value), nowUnix)
	if !ok {
		return 0, false
	}
	if at <= nowUnix {
		return 0, true
	}
	if nowUnix < at-maxRetry {
		return maxRetry, true
	}
	return at - nowUnix, true
}

func retrySeconds(v []byte) (n int64, ok bool) {
	for _, c := range v {
		if !scan.IsDigit(c) {
			return 0, false
		}
		n = min(n*10+int64(c-'0'), maxRetry)
	}
	return n, true
}

// parseDate reads an HTTP date as seconds since 1970. Any day of the week is right, and 60 seconds
// are a leap second.
func parseDate(v string, now int64) (at int64, ok bool) {
	name, date, _ := strings.Cut(v, " ")
	layout := ""
	for day := range time.Weekday(7) {
		switch name {
		case day.String()[:3] + ",": // Sun, 06 Nov 1994 08:49:37 GMT
			layout = "02 Jan 2006 15:04:05 GMT"
		case day.String() + ",": // Sunday, 06-Nov-94 08:49:37 GMT
			layout, date = "02-Jan-2006 15:04:05 GMT", withCentury(date, now)
		case day.String()[:3]: // Sun Nov  6 08:49:37 1994
			if layout = "Jan 02 15:04:05 2006"; strings.Contains(date, "  ") {
				layout = "Jan _2 15:04:05 2006"
			}
		}
	}
	full := strings.Replace(date, ":60 ", ":59 ", 1)
	t, err := time.Parse(layout, full)
	// package time also takes small letters, and fractions of a second
	if layout == "" || err != nil || t.Format(layout) != full {
		return 0, false
	}
	if at = t.Unix(); full != date {
		at++
	}
	return at, true
}

// withCentury completes the year of a date such as 06-Nov-94. Two digits mean the year that is at
// most 50 years ahead.
func withCentury(date string, now int64) string {
	const at = len("06-Nov-")
	if len(date) < at+2 {
		return date
	}
	year, _ := strconv.Atoi(date[at : at+2]) // anything else than digits stays, and is no year
	this := time.Unix(min(max(now, 0), 253402300799), 0).UTC().Year()
	year += this - this%100
	if year > this+50 {
		year -= 100
	} else if year <= this-50 {
		year += 100
	}
	return date[:at] + strconv.Itoa(year/100) + date[at:]
}
