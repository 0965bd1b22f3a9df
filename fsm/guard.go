package fsm

import "strings"

// Conditions that follow from configuration and state, in the high half of the world a guard looks at.
const (
	condKaazing            bits = 1 << (32 + iota) // kaazing profile
	condTerminatorRequired                         // the terminator is required
	condPlainFallback                              // plain fallback allowed
	condExpect                                     // the request announced a body with Expect
	condGet                                        // the request is a GET
	condFollow                                     // redirects are followed
	condMayWait                                    // waiting after 202 is allowed
	condProxy                                      // a proxy is configured
	condUpgrade                                    // upgrade after 426 is allowed
	condRedirectLeft                               // redirect budget left
	condReplayLeft                                 // replays (client) or challenges (server) left
	condInterimLeft                                // interim responses left
	condPlain                                      // server: connections without KHP are served
	condObligationsMet                             // server: the decision carries what its status code requires and may be sent
	condUnchecked                                  // server: obligations are not checked (test servers)
	condAuto                                       // auto profile
)

// The marks of the state take the highest bits.
const (
	condMarks          = 48
	condWaiting        = bits(markWait) << condMarks           // the wait deadline runs
	condLateTerminator = bits(markLateTerminator) << condMarks // a late terminator may come
	condBodySent       = bits(markBodySent) << condMarks       // body already sent
	condBodyCut        = bits(markBodyCut) << condMarks        // body cut short by the response
	condPlanFail       = bits(markPlanFail) << condMarks       // closing because of a failure
	condPlanClose      = bits(markPlanClose) << condMarks      // closing because the application asked, or after open
	condProxyUsed      = bits(markProxy) << condMarks          // the proxy was tried
	condEarly          = bits(markEarly) << condMarks          // N may still come
	condGateway        = bits(markGateway) << condMarks        // N has come
)

// bitNames name every bit of a guard for edge lists, pictures and exports.
var bitNames = map[bits]string{
	bits(FactTargetUsable): "target usable", bits(FactTargetVisited): "target visited", bits(FactTargetRefused): "target refused",
	bits(FactKHP): "KHP selected", bits(FactKaazing): ".kl=Y asked", bits(FactValid): "valid", bits(FactTerminated): "terminated",
	bits(FactHeadComplete): "response complete", bits(FactAcceptMatches): "accept matches", bits(FactProtocolOffered): "subprotocol offered",
	bits(FactExtensionsAsked): "extensions asked", bits(FactChallengeUsable): "challenge usable", bits(FactProxyChallenge): "proxy challenge",
	bits(FactUpgradeTLS): "upgrade to TLS", bits(FactNewCredentials): "new credentials", bits(FactExpectBody): "Expect with body outstanding",
	bits(FactExtensionAgain): "extension of the opening again", bits(FactSelectionValid): "selection valid",
	bits(FactLocation): "Location", bits(FactChallenge): "WWW-Authenticate", bits(FactUpgrade): "Upgrade", bits(FactReroute): "reroute",
	condKaazing: "kaazing", condTerminatorRequired: "terminator required", condPlainFallback: "plain fallback", condExpect: "Expect sent",
	condGet: "GET", condFollow: "redirects on", condMayWait: "may wait", condProxy: "proxy configured", condProxyUsed: "proxy tried", condUpgrade: "upgrade on",
	condRedirectLeft: "redirects left", condReplayLeft: "replays left", condInterimLeft: "interim left", condWaiting: "wait running",
	condLateTerminator: "late terminator possible", condBodySent: "body sent", condBodyCut: "body cut short", condPlanFail: "plan fail",
	condPlanClose: "plan close", condPlain: "plain served", condObligationsMet: "obligations met", condUnchecked: "unchecked",
	condAuto: "auto", condEarly: "nothing received yet", condGateway: "N received",
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
