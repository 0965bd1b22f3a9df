package sim

// clientChecks are the properties that the host of a client checks at every step. They are told by [Step].Broken.
var clientChecks = []Checked{
	{ID: "INV-01", Text: "open only if every condition of completion is met"},
	{ID: "INV-02", Text: "no application data delivered before open"},
	{ID: "INV-03", Text: "no application data sent before open"},
	{ID: "INV-04", Text: "at most one open event"},
	{ID: "INV-05", Text: "nothing after the terminal event"},
	{ID: "INV-06", Text: "no extended request unless KHP is selected"},
	{ID: "INV-07", Text: "one outstanding request at most"},
	{ID: "INV-16", Text: "no request after a terminating status"},
	{ID: "INV-17", Text: "no body without a 100 in answer to Expect"},
	{ID: "INV-19", Text: "a replay only after 401 and with new credentials"},
	{ID: "INV-20", Text: "no more replays than allowed"},
	{ID: "INV-21", Text: "no more redirects and connections than allowed"},
	{ID: "INV-28", Text: "no new connection before the old one is gone"},
	{ID: "INV-37", Text: "a Ping is answered and changes nothing"},
	{ID: "INV-39", Text: "no timer is started over while it runs"},
	{ID: "WSP-FRAME-06", Text: "one Close frame at most"},
	{ID: "TOTAL", Text: "an honest driver is never told Misuse"},
}

// serverChecks are those that the host of a server checks.
var serverChecks = []Checked{
	{ID: "INV-01", Text: "open only with x-kaazing-handshake selected"},
	{ID: "INV-02", Text: "no application data delivered before open"},
	{ID: "INV-03", Text: "no application data sent before open or after Close"},
	{ID: "INV-04", Text: "at most one open event"},
	{ID: "INV-05", Text: "nothing after the terminal event"},
	{ID: "INV-08", Text: "accepted only with a request and a selection out of it"},
	{ID: "INV-37", Text: "a Ping is answered and changes nothing"},
	{ID: "INV-39", Text: "no timer is started over while it runs"},
	{ID: "INV-40", Text: "no response after Close"},
	{ID: "INV-41", Text: "one deciding response to a complete request"},
	{ID: "INV-42", Text: "one terminator right behind every response"},
	{ID: "INV-43", Text: "no acceptance of a request that names an extension of the opening handshake"},
	{ID: "INV-45", Text: "no status without the fields that it requires"},
	{ID: "INV-46", Text: "no 511, and no 100 without Expect"},
	{ID: "INV-54", Text: "the kaazing messages to kaazing clients only"},
	{ID: "WSP-FRAME-06", Text: "one Close frame at most"},
	{ID: "TOTAL", Text: "an honest driver is never told Misuse"},
}
