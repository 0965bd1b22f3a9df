package fsm

import "strings"

// What a guard can ask for, in the words of the tables. Facts of the event are the low half of the
// world.
const (
	targetUsable       = bits(FactTargetUsable)
	targetVisited      = bits(FactTargetVisited)
	targetRefused      = bits(FactTargetRefused)
	khpSelected        = bits(FactKHP)
	kaazingAsked       = bits(FactKaazing)
	validRequest       = bits(FactValid)
	terminated         = bits(FactTerminated)
	responseComplete   = bits(FactHeadComplete)
	acceptMatches      = bits(FactAcceptMatches)
	subprotocolOffered = bits(FactProtocolOffered)
	extensionsAsked    = bits(FactExtensionsAsked)
	challengeUsable    = bits(FactChallengeUsable)
	proxyChallenge     = bits(FactProxyChallenge)
	upgradeToTLS       = bits(FactUpgradeTLS)
	newCredentials     = bits(FactNewCredentials)
	bodyExpected       = bits(FactExpectBody)
	extensionAgain     = bits(FactExtensionAgain)
	selectionValid     = bits(FactSelectionValid)
	locationGiven      = bits(FactLocation)
	challengeGiven     = bits(FactChallenge)
	upgradeGiven       = bits(FactUpgrade)
	rerouteGiven       = bits(FactReroute)
)

// Conditions that follow from configuration and state, in the high half of the world a guard looks
// at.
const (
	kaazing            bits = 1 << (32 + iota) // kaazing profile
	terminatorRequired                         // the terminator is required
	plainFallback                              // plain fallback allowed
	expectSent                                 // the request announced a body with Expect
	get                                        // the request is a GET
	redirectsOn                                // redirects are followed
	mayWait                                    // waiting after 202 is allowed
	proxyConfigured                            // a proxy is configured
	upgradeOn                                  // upgrade after 426 is allowed
	redirectsLeft                              // redirect budget left
	replaysLeft                                // replays (client) or challenges (server) left
	interimLeft                                // interim responses left
	plainServed                                // server: connections without KHP are served
	obligationsMet                             // server: the decision carries what its status code requires and may be sent
	unchecked                                  // server: obligations are not checked (test servers)
	auto                                       // auto profile
)

// The marks of the state take the highest bits.
const (
	condMarks       = 48
	waiting         = bits(markWait) << condMarks           // the wait deadline runs
	lateTerminator  = bits(markLateTerminator) << condMarks // a late terminator may come
	bodySent        = bits(markBodySent) << condMarks       // body already sent
	bodyCut         = bits(markBodyCut) << condMarks        // body cut short by the response
	planFail        = bits(markPlanFail) << condMarks       // closing because of a failure
	planClose       = bits(markPlanClose) << condMarks      // closing because the application asked, or after open
	proxyTried      = bits(markProxy) << condMarks          // the proxy was tried
	nothingReceived = bits(markEarly) << condMarks          // N may still come
	gateway         = bits(markGateway) << condMarks        // N has come
	wasOpen         = bits(markOpened) << condMarks         // server: the connection was open
)

// bitNames name every bit of a guard for edge lists, pictures and exports.
var bitNames = map[bits]string{
	targetUsable: "target usable", targetVisited: "target visited", targetRefused: "target refused",
	khpSelected: "KHP selected", kaazingAsked: ".kl=Y asked", validRequest: "valid", terminated: "terminated",
	responseComplete: "response complete", acceptMatches: "accept matches", subprotocolOffered: "subprotocol offered",
	extensionsAsked: "extensions asked", challengeUsable: "challenge usable", proxyChallenge: "proxy challenge",
	upgradeToTLS: "upgrade to TLS", newCredentials: "new credentials", bodyExpected: "Expect with body outstanding",
	extensionAgain: "extension of the opening again", selectionValid: "selection valid",
	locationGiven: "Location", challengeGiven: "WWW-Authenticate", upgradeGiven: "Upgrade", rerouteGiven: "reroute",
	kaazing: "kaazing", terminatorRequired: "terminator required", plainFallback: "plain fallback", expectSent: "Expect sent",
	get: "GET", redirectsOn: "redirects on", mayWait: "may wait", proxyConfigured: "proxy configured", proxyTried: "proxy tried", upgradeOn: "upgrade on",
	redirectsLeft: "redirects left", replaysLeft: "replays left", interimLeft: "interim left", waiting: "wait running",
	lateTerminator: "late terminator possible", bodySent: "body sent", bodyCut: "body cut short", planFail: "plan fail",
	planClose: "plan close", plainServed: "plain served", obligationsMet: "obligations met", unchecked: "unchecked",
	auto: "auto", nothingReceived: "nothing received yet", gateway: "N received", wasOpen: "was open",
}

// guardText writes a guard as "a, b, not c".
func guardText(mask, want bits) string {
	var parts []string
	for b := bits(1); b != 0; b <<= 1 {
		if want&b != 0 {
			parts = append(parts, bitNames[b])
		}
	}
	for b := bits(1); b != 0; b <<= 1 {
		if mask&^want&b != 0 {
			parts = append(parts, "not "+bitNames[b])
		}
	}
	return strings.Join(parts, ", ")
}

// String lists the facts, for example "terminated, accept matches".
func (f Facts) String() string { return guardText(bits(f), bits(f)) }
