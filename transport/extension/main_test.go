package extension

import (
	"os"
	"testing"

	"example.com/khp/internal/watch/watchtest"
)

func TestMain(m *testing.M) { os.Exit(watchtest.Run(m)) }
