package endpoint

import (
	"strings"
	"testing"
	"time"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// Every answer to an opening request says when it was made, if the caller's times are those of a
// calendar. [RFC 9110 6.6.1]
func TestServer_OpeningDate(t *testing.T) {
	get := func(target, fields string) string {
		return "GET " + target + " HTTP/1.1\r\n" +
			fields + "\r\n"
	}
	with := "Sec-WebSocket-Protocol: " + Subprotocol + "\r\n"
	now := time.Date(2026, time.March, 7, 1, 2, 3, 999, time.FixedZone("elsewhere", 7200))
	for status, text := range map[int]string{
		101: get("/p", openingFields+with), 400: "GET\r\n\r\n",
		403: get("/p", openingFields+with+"Origin: http://evil.example\r\n"),
		405: strings.Replace(get("/p", openingFields), "GET", "POST", 1), 426: get("/p", "Host: h\r\n"),
		431: get("/p", "A: "+strings.Repeat("a", 9000)+"\r\n"),
		505: strings.Replace(get("/p", openingFields), "1.1", "1.0", 1),
	} {
		for at, want := range map[time.Time]string{
			time.Date(1970, time.December, 31, 23, 59, 59, 0, time.UTC): "",
			time.Date(1971, time.January, 1, 0, 0, 0, 0, time.UTC):      "Fri, 01 Jan 1971 00:00:00 GMT",
			now:                               "Fri, 06 Mar 2026 23:02:03 GMT",
			{}:                                "",
			time.Time{}.Add(time.Hour):        "",
			time.Unix(0, 0).Add(time.Second):  "",
			time.Unix(0, 0).Add(-time.Second): "",
		} {
			_, out := NewServer(ServerConfig{}).OpeningReceived(at, []byte(text))
			var r wire.Response
			_, err := r.ParseHead(out[0].Data, wire.Limits{})
			require.NoError(t, err)
			require.Equal(t, status, r.Status)
			date, _ := r.Fields.Get("Date")
			require.Equal(t, want, string(date), "%d", status)
			if want != "" {
				require.Equal(t, 1, r.Fields.Count("Date"))
			}
		}
	}
	t.Run("upgrade", func(t *testing.T) {
		_, out := NewServer(ServerConfig{}).OpeningReceived(now, []byte(get("/p", "Host: h\r\n")))
		require.Contains(t, string(out[0].Data),
			"\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade, close\r\n")
	})
}
