package frametest

// GoodText is UTF-8 at every boundary of it: of length, of the surrogates, of the planes, and code
// points that are legal but no characters.
var GoodText = []string{
	"", "Hello-\u00b5@\u00df\u00f6\u00e4\u00fc\u00e0\u00e1-UTF-8!!", "\x00", "\x7f", "\u0080",
	"\u07ff", "\u0800", "\uffff", "\U00010000", "\U0010ffff",
	"\ud7ff", "\ue000", "\ufffd", "\ufeff", "\ufffe", "\U0001fffe", "\U0010fffe", "κόσμε",
	"\u2000\u2001\u2003",
}

// BadText is not; at is the number of bytes after which that is certain, 0 if only the end of the
// message shows it.
var BadText = []struct {
	P  string
	At int
}{
	{"\x80", 1}, {"\xbf", 1}, {"\x80\xbf", 1}, {"a\x80", 2}, // continuation bytes alone
	// too long a form
	{"\xc0 ", 1}, {"\xc1\xbf", 1}, {"\xe0\x80\xaf", 2}, {"\xe0\x9f\xbf", 2}, {"\xf0\x80\x80\xaf", 2},
	{"\xf0\x8f\xbf\xbf", 2},
	{"\xed\xa0\x80", 2}, {"\xed\xbf\xbf", 2}, {"\xed\xa0\x80\xed\xb0\x80", 2}, // surrogates
	// beyond the last plane
	{"\xf4\x90\x80\x80", 2}, {"\xf5\x80\x80\x80", 1}, {"\xf8\x88\x80\x80\x80", 1},
	{"\xfc\x84\x80\x80\x80\x80", 1}, {"\xfe", 1}, {"\xff", 1},
	// broken off
	{"\xc2 ", 2}, {"\xe1\x80 ", 3}, {"\xf1\x80\x80 ", 4}, {"\xe1 ", 2}, {"\xf1\x80 ", 3},
	{"\xe1\x80\xe1\x80\x80", 3},
	// at the end
	{"\xc2", 0}, {"\xe1", 0}, {"\xe1\x80", 0}, {"\xf1", 0}, {"\xf1\x80", 0}, {"\xf4\x8f\xbf", 0},
	{"ok \xce\xba\xe1\xbd", 0},
	{"κόσμε\xed\xa0\x80edited", 12}, {"κόσμε\xf4\x90\x80\x80edited", 12},
}
