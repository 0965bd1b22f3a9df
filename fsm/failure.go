package fsm

// Failure says why a handshake or connect call ended without an open connection. It names the
// outcome, not a Go error: the endpoint turns it into one, with status, expected and got.
type Failure uint8

// Failures, in alphabetical order.
const (
	_ Failure = iota
	// Completing, with a wrong Upgrade, Connection or accept value.
	FailureAcceptMismatch
	FailureAcceptedOnly       // 202, but no deciding response within the wait
	FailureApplication        // server: the application failed while deciding
	FailureAuthLimit          // 401 again after the largest number of replays
	FailureAuthRequired       // 401 without usable challenge or without credentials
	FailureConnect            // no TCP or TLS connection
	FailureConnectionLost     // TCP ended before the handshake completed
	FailureCredentialTimeout  // the credential provider took too long
	FailureCredentialsRefused // the provider repeated refused credentials
	// A selected extension is unasked for, twice there or unusable.
	FailureExtensionNotRequested
	FailureFrame                // bad opcode, masking, reserved bits or fragmentation
	FailureInterimLimit         // too many 100 and 202 responses
	FailureLimit                // a size or count limit was exceeded
	FailureMalformed            // the message is not the HTTP it has to be
	FailureMissingTerminator    // the response did not end with the empty binary message
	FailureNotSelected          // the opening handshake did not select x-kaazing-handshake
	FailureOpening              // invalid answer to the opening request
	FailurePeerClosed           // the peer sent Close before the handshake completed
	FailureProtocolNotRequested // the selected subprotocol was not in the request
	FailureRedirectLoop         // the redirect target was visited before
	FailureRedirectMethod       // 307 in answer to another method than GET
	FailureRedirectRefused      // the redirect policy forbids the target
	FailureRedirectTarget       // redirect without a usable Location
	FailureShutdown             // server: it is going away
	FailureStatus               // a terminating status code
	FailureTimeout              // a timer expired
	FailureTooManyRedirects     // the redirect budget is used up
	FailureURL                  // the URL to connect to is not usable
	FailureUTF8                 // text message with invalid UTF-8
	FailureUnexpectedContinue   // 100 without Expect
	FailureUnexpectedMessage    // a message at a moment at which none is allowed
)

// Close codes of RFC 6455 section 7.4.1 that the machines send.
const (
	closeNormal    = 1000
	closeGoingAway = 1001
	closeProtocol  = 1002
	closeInvalid   = 1007
	closePolicy    = 1008
	closeTooBig    = 1009
	closeInternal  = 1011
)

// CloseCode maps a failure to the close code that is sent for it: the one place for that decision.
// [AMB-70]
func CloseCode(f Failure) uint16 {
	//exhaustive:enforce
	switch f {
	case FailureAcceptedOnly, FailureAuthLimit, FailureAuthRequired, FailureCredentialsRefused,
		FailureNotSelected, FailurePeerClosed,
		FailureRedirectLoop, FailureRedirectMethod, FailureRedirectRefused, FailureRedirectTarget,
		FailureStatus, FailureTooManyRedirects,
		FailureConnect, FailureConnectionLost, FailureURL:
		return closeNormal
	case FailureAcceptMismatch, FailureExtensionNotRequested, FailureFrame, FailureMalformed,
		FailureMissingTerminator, FailureOpening,
		FailureProtocolNotRequested, FailureUnexpectedContinue, FailureUnexpectedMessage:
		return closeProtocol
	case FailureUTF8:
		return closeInvalid
	case FailureCredentialTimeout, FailureInterimLimit, FailureTimeout:
		return closePolicy
	case FailureLimit:
		return closeTooBig
	case FailureShutdown:
		return closeGoingAway
	case FailureApplication:
		return closeInternal
	default:
		return closeProtocol
	}
}

// failureTexts describe failures in words that fit after "the handshake failed:".
var failureTexts = [...]string{
	FailureAcceptMismatch:        "the response does not match the request",
	FailureAcceptedOnly:          "accepted, but not completed in time",
	FailureApplication:           "the application failed",
	FailureAuthLimit:             "authentication failed too often",
	FailureAuthRequired:          "authentication required",
	FailureConnect:               "cannot connect",
	FailureConnectionLost:        "connection lost",
	FailureCredentialTimeout:     "credentials took too long",
	FailureCredentialsRefused:    "credentials refused",
	FailureExtensionNotRequested: "extension refused",
	FailureFrame:                 "frame error",
	FailureInterimLimit:          "too many interim responses",
	FailureLimit:                 "limit exceeded",
	FailureMalformed:             "malformed message",
	FailureMissingTerminator:     "the response was not terminated",
	FailureNotSelected:           "x-kaazing-handshake was not selected",
	FailureOpening:               "invalid opening handshake",
	FailurePeerClosed:            "closed by the peer",
	FailureProtocolNotRequested:  "subprotocol was not requested",
	FailureRedirectLoop:          "redirect loop",
	FailureRedirectMethod:        "redirect of a request that is not a GET",
	FailureRedirectRefused:       "redirect refused by policy",
	FailureRedirectTarget:        "redirect without usable target",
	FailureShutdown:              "the server is going away",
	FailureStatus:                "refused",
	FailureTimeout:               "timed out",
	FailureTooManyRedirects:      "too many redirects",
	FailureURL:                   "unusable URL",
	FailureUTF8:                  "invalid UTF-8",
	FailureUnexpectedContinue:    "100 Continue without Expect",
	FailureUnexpectedMessage:     "unexpected message",
}

// Error returns the failure in a few words, so that a Failure can be the target of errors.Is.
func (f Failure) Error() string {
	if int(f) < len(failureTexts) && failureTexts[f] != "" {
		return failureTexts[f]
	}
	return "unknown failure"
}
