// Package interop has only tests: khp against the software that it was made for, the Kaazing
// Gateway and the transport of Kaazing's Java client, as they were published. They are skipped
// unless they are told where that software is; make interop fetches it and runs them.
// docs/interop.md lists the cases and their results.
package interop
