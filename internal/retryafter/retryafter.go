// Package retryafter reads Retry-After fields.
package retryafter

import "example.com/khp/internal/scan"

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
	at, ok := parseDate(value, nowUnix)
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

const (
	shortDays = "MonTueWedThuFriSatSun"
	months    = "JanFebMarAprMayJunJulAugSepOctNovDec"
)

// parseDate reads an HTTP date as seconds since 1970.
func parseDate(v []byte, now int64) (int64, bool) {
	d := dateReader{b: v}
	var day, month, year, clock int
	switch {
	case len(v) > 3 && v[3] == ',': // Sun, 06 Nov 1994 08:49:37 GMT
		d.index(shortDays)
		d.lit(", ")
		day = d.digits(2)
		d.lit(" ")
		month = d.index(months)
		d.lit(" ")
		year = d.digits(4)
		d.lit(" ")
		clock = d.clock()
		d.lit(" GMT")
	case len(v) > 3 && v[3] == ' ': // Sun Nov  6 08:49:37 1994
		d.index(shortDays)
		d.lit(" ")
		month = d.index(months)
		d.lit(" ")
		if len(d.b) > 0 && d.b[0] == ' ' {
			d.lit(" ")
			day = d.digits(1)
		} else {
			day = d.digits(2)
		}
		d.lit(" ")
		clock = d.clock()
		d.lit(" ")
		year = d.digits(4)
	default: // Sunday, 06-Nov-94 08:49:37 GMT
		d.longDay()
		d.lit(", ")
		day = d.digits(2)
		d.lit("-")
		month = d.index(months)
		d.lit("-")
		year = d.digits(2)
		d.lit(" ")
		clock = d.clock()
		d.lit(" GMT")
		// Two digits mean the year that is at most 50 years ahead.
		this := yearOf(now)
		year += this - this%100
		if year > this+50 {
			year -= 100
		} else if year <= this-50 {
			year += 100
		}
	}
	if d.bad || len(d.b) > 0 || day < 1 || day > monthLen(year, month) {
		return 0, false
	}
	return days(year, month, day)*86400 + int64(clock), true
}

// dateReader eats b from the front and remembers that something did not fit.
type dateReader struct {
	b   []byte
	bad bool
}

func (d *dateReader) lit(s string) {
	if len(d.b) < len(s) || string(d.b[:len(s)]) != s {
		d.bad = true
		return
	}
	d.b = d.b[len(s):]
}

func (d *dateReader) digits(n int) (v int) {
	if len(d.b) < n {
		d.bad = true
		return 0
	}
	for _, c := range d.b[:n] {
		if !scan.IsDigit(c) {
			d.bad = true
		}
		v = v*10 + int(c-'0')
	}
	d.b = d.b[n:]
	return v
}

// index reads three letters and returns which group of names they are, from 1.
func (d *dateReader) index(names string) int {
	for i := 0; len(d.b) >= 3 && i < len(names); i += 3 {
		if string(d.b[:3]) == names[i:i+3] {
			d.b = d.b[3:]
			return i/3 + 1
		}
	}
	d.bad = true
	return 1
}

func (d *dateReader) longDay() {
	i := scan.Token(d.b, 0)
	switch string(d.b[:i]) {
	case "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday":
		d.b = d.b[i:]
	default:
		d.bad = true
	}
}

// clock reads hh:mm:ss as seconds of the day. 60 seconds are a leap second.
func (d *dateReader) clock() int {
	h := d.digits(2)
	d.lit(":")
	m := d.digits(2)
	d.lit(":")
	s := d.digits(2)
	if h > 23 || m > 59 || s > 60 {
		d.bad = true
	}
	return h*3600 + m*60 + s
}

func leap(y int) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

func monthLen(y, m int) int {
	switch m {
	case 2:
		if leap(y) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// days counts the days from 1970-01-01 to the given date, for years from 0.
func days(y, m, d int) int64 {
	n := int64(d - 1)
	for i := 1; i < m; i++ {
		n += int64(monthLen(y, i))
	}
	p := int64(y) - 1 // whole years before this one, from year 1
	return n + p*365 + floorDiv(p, 4) - floorDiv(p, 100) + floorDiv(p, 400) - 719162
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// yearOf returns the year of a Unix time, within 1970 to 9999.
func yearOf(now int64) int {
	day := floorDiv(min(max(now, 0), 253402300799), 86400)
	y := 1970 + int(day/366)
	for days(y+1, 1, 1) <= day {
		y++
	}
	return y
}
