//go:build unix

package rabbitmqtest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"example.com/khp/transport"
	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/stretchr/testify/require"
)

// dial opens a stream over KHP.
func dial(
	t *testing.T, url, subprotocol string, profile transport.Profile, kind transport.MessageType,
) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := transport.Dial(ctx, url,
		&transport.DialOptions{Profile: profile, Subprotocols: []string{subprotocol}})
	if err != nil {
		return nil, err
	}
	return c.Stream(kind), nil
}

// A broker behind a tcp:// route of khp serve moves messages of all sizes, as AMQP 0-9-1 and as
// STOMP, in both profiles.
func TestRabbitMQ(t *testing.T) {
	amqpPort, stompPort := broker(t)
	url := khp(t, amqpPort, stompPort)
	for _, profile := range []transport.Profile{transport.Spec, transport.Kaazing} {
		t.Run("AMQP/"+profile.String(), func(t *testing.T) { talkAMQP(t, url+"/amqp", profile) })
		t.Run("STOMP/"+profile.String(), func(t *testing.T) { talkSTOMP(t, url+"/stomp", profile) })
	}
}

var sizes = []int{0, 1, 125, 126, 65535, 65536, 1 << 20}

func talkAMQP(t *testing.T, url string, profile transport.Profile) {
	config := amqp.Config{Heartbeat: time.Minute, Dial: func(_, _ string) (net.Conn, error) {
		return dial(t, url, "amqp", profile, transport.Binary)
	}}
	reader, err := amqp.DialConfig("amqp://guest:guest@localhost", config)
	require.NoError(t, err)
	writer, err := amqp.DialConfig("amqp://guest:guest@localhost", config)
	require.NoError(t, err)
	in, err := reader.Channel()
	require.NoError(t, err)
	out, err := writer.Channel()
	require.NoError(t, err)
	queue, err := in.QueueDeclare("", false, true, true, false, nil)
	require.NoError(t, err)
	got, err := in.Consume(queue.Name, "", true, true, false, false, nil)
	require.NoError(t, err)
	for _, n := range sizes {
		sent := strings.Repeat("x", n)
		require.NoError(t, out.PublishWithContext(t.Context(), "", queue.Name, true, false,
			amqp.Publishing{Body: []byte(sent)}))
		d, ok := <-got
		require.True(t, ok, "the connection ended")
		require.True(t, sent == string(d.Body), "%d bytes, want %d", len(d.Body), n)
	}
	require.NoError(t, writer.Close())
	require.NoError(t, reader.Close())
}

func talkSTOMP(t *testing.T, url string, profile transport.Profile) {
	nc, err := dial(t, url, "stomp", profile, transport.Binary)
	require.NoError(t, err)
	in := bufio.NewReader(nc)
	send := func(command string, headers map[string]string, body string) {
		t.Helper()
		b := command + "\n"
		for name, value := range headers {
			b += name + ":" + value + "\n"
		}
		_, err := io.WriteString(nc, fmt.Sprintf("%scontent-length:%d\n\n%s\x00", b, len(body), body))
		require.NoError(t, err)
	}
	// receive returns a frame. Bodies hold no NUL here.
	receive := func(command string) (headers, body string) {
		t.Helper()
		frame, err := in.ReadString(0)
		require.NoError(t, err)
		head, body, _ := strings.Cut(strings.TrimLeft(strings.TrimSuffix(frame, "\x00"), "\n"), "\n\n")
		got, headers, _ := strings.Cut(head, "\n")
		require.Equal(t, command, got, frame)
		return headers, body
	}
	send("CONNECT", map[string]string{"accept-version": "1.2", "host": "/", "login": "guest",
		"passcode": "guest"}, "")
	receive("CONNECTED")
	topic := map[string]string{"id": "1", "destination": "/topic/" +
		profile.String(), "receipt": "subscribed"}
	send("SUBSCRIBE", topic, "")
	headers, _ := receive("RECEIPT")
	require.Contains(t, headers, "receipt-id:subscribed")
	for _, n := range sizes {
		sent := strings.Repeat("x", n)
		send("SEND", map[string]string{"destination": topic["destination"]}, sent)
		_, got := receive("MESSAGE")
		require.True(t, sent == got, "%d bytes, want %d", len(got), n)
	}
	send("DISCONNECT", map[string]string{"receipt": "bye"}, "")
	receive("RECEIPT")
	_, err = io.ReadAll(in)
	require.NoError(t, err, "the broker ends the connection")
	_ = nc.Close()
}
