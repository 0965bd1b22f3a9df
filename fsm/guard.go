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
	condProxyLeft                                  // proxy configured and not tried yet
	condUpgrade                                    // upgrade after 426 is allowed
	condRedirectLeft                               // redirect budget left
	condReplayLeft                                 // replays (client) or challenges (server) left
	condInterimLeft                                // interim responses left
	condWaiting                                    // the wait deadline runs
	condLateTerminator                             // a late terminator may come
	condBodySent                                   // body already sent
	condBodyCut                                    // body cut short by the response
	condPlanFail                                   // closing because of a failure
	condPlanClose                                  // closing because the application asked, or after open
	condPlain                                      // server: connections without KHP are served
	condObligationsMet                             // server: the decision carries what its status code requires and may be sent
	condUnchecked                                  // server: obligations are not checked (test servers)
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
	condGet: "GET", condFollow: "redirects on", condMayWait: "may wait", condProxyLeft: "proxy untried", condUpgrade: "upgrade on",
	condRedirectLeft: "redirects left", condReplayLeft: "replays left", condInterimLeft: "interim left", condWaiting: "wait running",
	condLateTerminator: "late terminator possible", condBodySent: "body sent", condBodyCut: "body cut short", condPlanFail: "plan fail",
	condPlanClose: "plan close", condPlain: "plain served", condObligationsMet: "obligations met", condUnchecked: "unchecked",
}

// guardText writes a guard as "a, b, not c".
func guardText(when, unless bits) string {
	var parts []string
	for b := bits(1); b != 0; b <<= 1 {
		if when&b != 0 {
			parts = append(parts, bitNames[b])
		}
	}
	for b := bits(1); b != 0; b <<= 1 {
		if unless&b != 0 {
			parts = append(parts, "not "+bitNames[b])
		}
	}
	return strings.Join(parts, ", ")
}
