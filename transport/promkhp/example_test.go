package promkhp_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"example.com/khp/transport"
	"example.com/khp/transport/promkhp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// A server counts the connections of one path.
func ExampleNew() {
	metrics := promkhp.New()
	registry := prometheus.NewRegistry() // or prometheus.DefaultRegisterer
	prometheus.WrapRegistererWith(prometheus.Labels{"route": "/chat"}, registry).MustRegister(metrics)

	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	chat := &transport.Handler{
		Observer: metrics, Serve: func(ctx context.Context, c *transport.Conn) error {
			_, _, err := c.Read(ctx)
			return err
		}}
	mux.Handle("/chat", chat)
	server := httptest.NewServer(mux)
	defer server.Close()

	c, err := transport.Dial(context.Background(), "ws"+
		strings.TrimPrefix(server.URL, "http")+"/chat", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = c.Close(transport.CloseNormal, "")
	_ = chat.Shutdown(context.Background()) // waits until the end is counted

	resp, err := http.Get(server.URL + "/metrics")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	page, _ := io.ReadAll(resp.Body)
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "khp_handshakes_total") || strings.HasPrefix(line, "khp_connections") {
			fmt.Print(line)
		}
	}
	// Output:
	// khp_connections_ended_total{code="1000",route="/chat",side="server"} 1
	// khp_connections_open{route="/chat",side="server"} 0
	// khp_handshakes_total{failure="none",outcome="open",route="/chat",side="server",status="101"} 1
}
