package listen

import (
	"net"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A Unix socket is listened on for user and group; one that a killed process has left makes room,
// one in use and files of other kinds do not.
func TestListen_Unix(t *testing.T) {
	dir := t.TempDir()
	addr := "unix:" + dir + "/khp.sock"
	require.Empty(t, Check(addr))
	ln, err := Listen("--listen", addr)
	require.NoError(t, err)
	require.Equal(t, "ws+"+addr, URL("ws", ln))
	info, err := os.Stat(dir + "/khp.sock")
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o660), info.Mode().Perm())
	_, err = Listen("--listen", addr)
	require.ErrorContains(t, err, "something listens there already")
	ln.(*net.UnixListener).SetUnlinkOnClose(false)
	require.NoError(t, ln.Close())
	again, err := Listen("--listen", addr)
	require.NoError(t, err, "nobody listens there any more")
	require.NoError(t, again.Close())
	require.NoFileExists(t, dir+"/khp.sock")

	require.NoError(t, os.WriteFile(dir+"/file", []byte("x"), 0o600))
	_, err = Listen("--listen", "unix:"+dir+"/file")
	require.ErrorContains(t, err, "it is no socket")
	require.FileExists(t, dir+"/file")
	_, err = Listen("--listen", "unix:"+dir+"/none/khp.sock")
	require.ErrorContains(t, err, "its directory does not exist")
	require.Contains(t, Obstacle("unix:"+dir+"/none/khp.sock"), "its directory does not exist")
	require.Contains(t, Obstacle("unix:"+dir+"/file"), "something else than a socket")
	require.Contains(t, Obstacle("unix:"+dir), "something else than a socket")
	require.Empty(t, Obstacle(addr)+Obstacle("unix:khp.sock")+Obstacle("127.0.0.1:0")+Obstacle(""))
	require.True(t, Collide(addr, addr))
	require.False(t, Collide(addr, "unix:/other"))
	require.False(t, Collide(addr, ":8080"))
	for wrong, why := range map[string]string{
		"unix:khp.sock": "the whole path", "unix:": "the whole path", "unix:/a/../b": "did you mean /b?",
		"unix:/" + strings.Repeat("x", 107): "107 are the most",
	} {
		require.Contains(t, Check(wrong), why)
	}
}
