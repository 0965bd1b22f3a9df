// Package docs holds no code. It lists the requirements that khp deliberately does not implement,
// or that cannot be tested here, each with its reason; requirements.md, which is generated, shows
// them among the others. Only requirements that do not apply belong here: one that applies and has
// no test yet is missing, not an exception.
package docs

// Statements about the texts themselves.
//
//khp:exception KHP-GEN-03 reason="says how the text is to be read; it asks nothing of a program"
//khp:exception KHP-GEN-02 reason="says which implementations KHP is meant for; khp has native WebSocket connections only and emulates none"
//khp:exception KHP-GEN-10 reason="describes a picture that is not part of the text"
//khp:exception RFC6585-GEN-01 reason="says that servers need not use 428, 429, 431 and 511; it asks nothing of a program"
//khp:exception RFC6585-429-04 reason="leaves the way of counting requests to the server; it asks nothing of a program"
//khp:exception DRAFT02-GEN-01 reason="chooses the governing text: RFC 6585 replaces the draft"
//khp:exception DRAFT02-428-03 reason="warns designers not to rely on 428; it asks nothing of a program"
//khp:exception MAIL-428-01 reason="a remark of the author of the mail"
//khp:exception RFC2068-101-03 reason="whether switching is of advantage is a matter of judgement; a KHP request always asks for it"
//khp:exception KHP-CLASS-2XX-01 RFC2068-2XX-01 reason="describes the class; what a client does depends on the code alone, see KHP-STATUS"
//khp:exception RFC2068-202-04 reason="explains why 202 exists; what a client does is KHP-STATUS-202-01 and KHP-STATUS-202-02"
//khp:exception RFC2068-410-06 reason="frees servers from remembering what is gone; it asks nothing of a program"
const _ = 0

// Requirements on caches and intercepting proxies.
//
//khp:exception RFC6585-511-05 reason="binds caches; khp keeps none, and its server refuses to send 511, see RFC6585-511-04"
//khp:exception RFC2068-410-05 reason="concerns caches; khp keeps none"
//khp:exception RFC6585-511-02 RFC6585-511-03 RFC6585-511-06 RFC6585-511-08 reason="binds proxies that intercept traffic and send 511; khp is none and never sends 511"
const _ = 0

// Sentences of the draft that RFC 6585 repeats or replaces.
//
//khp:exception DRAFT02-428-01 reason="superseded by RFC 6585, see RFC6585-428-02"
//khp:exception DRAFT02-428-02 reason="superseded by RFC 6585, see RFC6585-428-03"
//khp:exception DRAFT02-429-01 reason="superseded by RFC 6585, see RFC6585-429-02"
//khp:exception DRAFT02-429-02 reason="superseded by RFC 6585, see RFC6585-429-03"
//khp:exception DRAFT02-429-03 reason="superseded by RFC 6585, see RFC6585-429-05"
//khp:exception DRAFT02-431-01 reason="superseded by RFC 6585, see RFC6585-431-02"
//khp:exception DRAFT02-431-02 reason="superseded by RFC 6585, see RFC6585-431-03"
//khp:exception DRAFT02-431-03 reason="superseded by RFC 6585, see RFC6585-431-04"
//khp:exception DRAFT02-511-01 reason="superseded by RFC 6585, which wants a link and no login form, see RFC6585-511-02 and RFC6585-511-03"
//khp:exception DRAFT02-511-02 reason="superseded by RFC 6585, see RFC6585-511-04"
//khp:exception DRAFT02-511-03 reason="superseded by RFC 6585, see RFC6585-511-05"
//khp:exception DRAFT02-511-04 reason="superseded by RFC 6585, which advises against it, see RFC6585-511-03"
//khp:exception DRAFT02-511-05 reason="superseded by RFC 6585, whose example uses META only, see RFC6585-511-08"
const _ = 0

// Requirements on other applications of HTTP.
//
//khp:exception MAIL-409-01 MAIL-409-02 MAIL-409-03 reason="about SPARQL updates; khp opens WebSockets and updates nothing"
//khp:exception RFC2068-409-03 RFC2068-409-04 reason="about conflicting PUT requests; a KHP request is a GET"
//khp:exception RFC2068-200-01 RFC2068-200-02 reason="about what a 200 carries; no KHP handshake is answered with 200, see KHP-STATUS-200-01 and KHP-STATUS-200-02"
//khp:exception RFC2068-406-05 reason="about entities a user might not accept; a handshake has none, and 406 closes, see KHP-STATUS-406-01"
const _ = 0

// Decisions of the application behind a server. The library writes the status, the fields and
// the body it decided on.
//
//khp:exception RFC2068-201-02 RFC2068-201-03 reason="what is created before a 201 is the application's; the library sends what it decided"
//khp:exception RFC2068-201-01 RFC2068-202-03 RFC2068-406-02 RFC2068-409-02 reason="the contents of the response are the application's; the library sends what it is given"
//khp:exception RFC6585-428-02 RFC6585-429-02 reason="the explanation is the application's; without one the library sends a line of its own, see KHP-CLASS-4XX-01"
//khp:exception RFC2068-406-01 RFC2068-406-04 RFC2068-409-01 RFC2068-410-01 RFC2068-410-04 RFC2068-412-01 RFC6585-428-01 RFC6585-429-01 reason="when to choose this status is the application's decision"
const _ = 0

// Options that khp does not take.
//
//khp:exception RFC2068-411-02 RFC6585-431-02 reason="optional: the library never repeats a refused request with other fields by itself; the error tells the caller, who may dial again"
//khp:exception RFC2068-406-03 reason="optional, and no way of choosing is defined; 406 closes, see KHP-STATUS-406-01"
//khp:exception RFC2068-410-03 reason="there is no link to delete: khp remembers no redirect beyond the connect call that followed it"
const _ = 0

// Where KHP itself departs from RFC 6455.
//
//khp:exception WSP-EXT-04 reason="KHP negotiates application-class extensions after the opening handshake; that is its purpose, see KHP-GEN-07. Framing extensions stay with the opening handshake"
const _ = 0
