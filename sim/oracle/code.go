package oracle

import "example.com/khp/fsm"

// closeCode says with which code a connection is closed. [AMB-70 and the output column of the
// transitions]
func closeCode(f fsm.Failure) uint16 {
	//exhaustive:ignore
	switch f {
	case fsm.FailureNotSelected, fsm.FailureStatus, fsm.FailureAcceptedOnly:
		return 1000
	case fsm.FailureAuthRequired, fsm.FailureAuthLimit, fsm.FailureCredentialsRefused:
		return 1000
	case fsm.FailureRedirectLoop, fsm.FailureRedirectMethod, fsm.FailureRedirectRefused,
		fsm.FailureRedirectTarget, fsm.FailureTooManyRedirects:
		return 1000
	case fsm.FailureTimeout, fsm.FailureCredentialTimeout, fsm.FailureInterimLimit:
		return 1008
	case fsm.FailureLimit:
		return 1009
	case fsm.FailureUTF8:
		return 1007
	case fsm.FailureApplication:
		return 1011
	}
	return 1002
}
