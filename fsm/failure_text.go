package fsm

// failureTexts say what happened in words that fit after "the handshake failed:".
var failureTexts = [...]string{
	FailureAcceptMismatch: "the response does not match the request", FailureAcceptedOnly: "accepted, but not completed in time",
	FailureApplication: "the application failed", FailureAuthLimit: "authentication failed too often", FailureAuthRequired: "authentication required",
	FailureConnect: "cannot connect", FailureConnectionLost: "connection lost", FailureCredentialTimeout: "credentials took too long",
	FailureCredentialsRefused: "credentials refused", FailureExtensionNotRequested: "extension refused", FailureFrame: "frame error",
	FailureInterimLimit: "too many interim responses", FailureLimit: "limit exceeded", FailureMalformed: "malformed message",
	FailureMissingTerminator: "the response was not terminated", FailureNotSelected: "x-kaazing-handshake was not selected",
	FailureOpening: "invalid opening handshake", FailurePeerClosed: "closed by the peer", FailureProtocolNotRequested: "subprotocol was not requested",
	FailureRedirectLoop: "redirect loop", FailureRedirectMethod: "redirect of a request that is not a GET", FailureRedirectRefused: "redirect refused by policy",
	FailureRedirectTarget: "redirect without usable target", FailureShutdown: "the server is going away", FailureStatus: "refused", FailureTimeout: "timed out", FailureTooManyRedirects: "too many redirects",
	FailureURL: "unusable URL", FailureUTF8: "invalid UTF-8", FailureUnexpectedContinue: "100 Continue without Expect", FailureUnexpectedMessage: "unexpected message",
}

// Error returns the failure in a few words, so that a Failure can be the target of errors.Is.
func (f Failure) Error() string {
	if int(f) < len(failureTexts) && failureTexts[f] != "" {
		return failureTexts[f]
	}
	return "unknown failure"
}
