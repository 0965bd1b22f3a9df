package transport

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// Open connections are closed with 1001, whatever Serve is doing, and Shutdown waits for the
// closing handshake.
func TestHandler_ShutdownOpen(t *testing.T) {
	for name, use := range map[string]func(context.Context, *Conn) error{
		"reading with ctx": echoServe,
		"reading without": func(_ context.Context, c *Conn) error {
			return echoServe(context.Background(), c)
		},
		"waiting for ctx": func(ctx context.Context, _ *Conn) error { <-ctx.Done(); return nil },
		"closing itself": func(ctx context.Context, c *Conn) error {
			<-ctx.Done()
			return c.Close(CloseGoingAway, "")
		},
	} {
		virtual(t, name, func(t *testing.T) {
			t.Attr("req", "LIV-11")
			t.Attr("req", "ADV-73")
			h := &Handler{Serve: use}
			c := servePipe(t, h, openingRequest)
			<-c.head
			c.send(bin(extendedRequest))
			require.Equal(t, "101", c.status())
			start := time.Now()
			go func() {
				require.Equal(t, CloseGoingAway, c.closeCode())
				time.Sleep(2 * time.Second)
				c.send(pf{Op: opX, P: "\x03\xe9"})
			}()
			require.NoError(t, h.Shutdown(t.Context()))
			require.Equal(t, 2*time.Second, time.Since(start))
			c.end()
		})
	}
	for _, prompt := range []bool{false, true} {
		virtual(t, fmt.Sprint("a decision that ends with its context, prompt ",
			prompt), func(t *testing.T) {
			h := &Handler{Prompt: prompt, Serve: echoServe,
				Decide: func(ctx context.Context, _ *Request) (Decision, error) {
					<-ctx.Done()
					return Decision{}, ctx.Err()
				}}
			c := servePipe(t, h, openingRequest)
			<-c.head
			c.send(bin(extendedRequest))
			synctest.Wait()
			down := make(chan error)
			go func() { down <- h.Shutdown(context.Background()) }()
			require.Equal(t, "503", c.status(), "the application has not failed")
			require.Equal(t, CloseGoingAway, c.closeCode())
			c.answer(CloseGoingAway)
			require.NoError(t, <-down)
		})
	}
	virtual(t, "at the moment of opening", func(t *testing.T) {
		h := &Handler{Serve: func(_ context.Context, c *Conn) error {
			return echoServe(context.Background(), c)
		}}
		down := make(chan error, 1)
		h.Observer = observe(func(ev Event) {
			if ev.Kind == EventOpen {
				go func() { down <- h.Shutdown(context.Background()) }()
				synctest.Wait()
			}
		})
		c := servePipe(t, h, openingRequest)
		<-c.head
		c.send(bin(extendedRequest))
		require.Equal(t, "101", c.status())
		require.Equal(t, CloseGoingAway, c.closeCode())
		c.answer(CloseGoingAway)
		require.NoError(t, <-down)
	})
	virtual(t, "no time left", func(t *testing.T) {
		release := make(chan struct{})
		h := &Handler{Serve: func(context.Context, *Conn) error { <-release; return nil }}
		c := servePipe(t, h, openingRequest)
		<-c.head
		c.send(bin(extendedRequest))
		require.Equal(t, "101", c.status())
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		require.ErrorIs(t, h.Shutdown(ctx), context.DeadlineExceeded)
		require.Equal(t, time.Second, time.Since(start))
		require.Equal(t, CloseGoingAway, c.closeCode())
		c.end()
		require.Equal(t, 1, h.Connections(), "Serve does not return")
		close(release)
		<-c.done
		require.Zero(t, h.Connections())
	})
	virtual(t, "from within", func(t *testing.T) {
		h := &Handler{}
		h.Serve = func(context.Context, *Conn) error {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			return h.Shutdown(ctx) // waits for this very call
		}
		c := servePipe(t, h, openingRequest)
		<-c.head
		c.send(bin(extendedRequest))
		require.Equal(t, "101", c.status())
		require.Equal(t, CloseGoingAway, c.closeCode())
		<-c.done
	})
}

type observe func(Event)

func (o observe) Observe(ev Event) { o(ev) }
