package accept

import (
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"example.com/khp/internal/tcptest"
	"github.com/stretchr/testify/require"
)

// working counts the goroutines of workers in this bubble.
func working() int {
	b := make([]byte, 1<<20)
	return strings.Count(string(b[:runtime.Stack(b, true)]), "accept.(*Workers).work(")
}

// Each connection is served, by new workers and by those that wait.
func TestWorkers_Serve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		served := make(chan net.Conn)
		w := NewWorkers(func(v Visit) { served <- v.Conn })
		for range 3 {
			_, nc := tcptest.Pair(tcptest.Options{})
			w.Do(Visit{Conn: nc})
			require.Same(t, nc, <-served)
			synctest.Wait()
		}
		w.Close()
	})
}

// Workers that are done are used again, only so many wait, and all end with the server.
func TestWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many = 3 * mostIdle
		done, go1 := make(chan struct{}), make(chan struct{})
		w := NewWorkers(func(Visit) {
			<-go1
			done <- struct{}{}
		})
		for range many {
			w.Do(Visit{})
		}
		synctest.Wait()
		require.Equal(t, many, working(), "nobody waits for another")
		close(go1)
		for range many {
			<-done
		}
		synctest.Wait()
		require.Equal(t, mostIdle, working(), "only so many wait")
		for range many {
			w.Do(Visit{})
			<-done
			synctest.Wait()
			require.Equal(t, mostIdle, working(), "no new one is needed")
		}
		w.Do(Visit{})
		w.Close()
		<-done
		synctest.Wait()
		require.Zero(t, working())
	})
}
