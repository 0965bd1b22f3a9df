package judge

import (
	"example.com/khp/internal/scan"
	"example.com/khp/internal/upgrade"
	"example.com/khp/wire"
)

// OpeningRequest judges an opening request by itself, and returns the status that refuses it; 0 if
// it is one. Without checkKey the key is not judged, because a recorder has replaced it. [RFC 6455
// 4.2.1]
//
//khp:impl KHP-GEN-08 RFC2068-101-01
func OpeningRequest(r *wire.Request, checkKey bool) (status int, fault Fault) {
	get := func(name string) []byte { v, _ := r.Fields.Get(name); return v }
	status, text := 0, ""
	switch version := string(get("Sec-WebSocket-Version")); {
	case r.Minor < 1:
		status, text = 505, "a WebSocket opening handshake needs HTTP/1.1"
	case string(r.Method) != "GET":
		status, text = 405, "a WebSocket opening handshake is a GET request, this is "+
			Quote(string(r.Method))
	case !scan.HasToken(get("Upgrade"), "websocket"):
		status, text = 426, "this address speaks WebSocket: the request has no Upgrade: websocket"
	case !hasToken(r.Fields, "Connection", "Upgrade"):
		status, text = 400, "the request has no Connection: Upgrade"
	case version != "13" && version != "8":
		status, text = 426, "expected Sec-WebSocket-Version: 13, got "+Quote(version)
	case checkKey && !upgrade.ValidKey(get("Sec-WebSocket-Key")):
		status, text = 400, "Sec-WebSocket-Key is missing or not 16 bytes in base64"
	case len(get("Host")) == 0:
		status, text = 400, "the request has no Host"
	case r.ContentLength > 0:
		status, text = 400, "an opening request has no body"
	default:
		return 0, Fault{}
	}
	return status, Fault{"WSP-OPEN-01 KHP-GEN-08", text}
}

// Body returns how many bytes of the body of an extended request are due after its message, of
// which have follow the head there. Only a request that expects 100-continue may hold bytes back.
func Body(r *wire.Request, have int) (left int64, fault Fault) {
	left = max(r.ContentLength, 0) - int64(have)
	expect, _ := r.Fields.Get("Expect")
	switch {
	case left < 0:
		fault = Fault{"KHP-EXT-01 KHP-EXT-04", "bytes after the end of the request"}
	case left > 0 && !scan.EqualFold(expect, "100-continue"):
		fault = Fault{"KHP-EXT-03 KHP-STATUS-100-03", "the body is shorter than Content-Length"}
	}
	return left, fault
}
