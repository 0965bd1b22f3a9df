//go:build !js

// Command browser serves a page whose script is a client of KHP, written in Go and compiled to
// WebAssembly: endpoint/driver on the browser's own WebSocket. client.go is the host of the driver,
// main_js.go the functions that the page calls.
//
//	khp serve --listen 127.0.0.1:8080 --allow-origin 'http://127.0.0.1:*'
//	go run . -listen 127.0.0.1:8081
//
// The limits of a browser: a script cannot add fields to the opening request, does not see the
// answer to it, and may send 1000 and 3000 to 4999 as close codes only (wire.ScriptCloseCode).
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8081", "address to listen on")
	source := flag.String("source", ".", "folder of this program")
	flag.Parse()
	built, err := build(*source)
	if err != nil {
		log.Fatal(err)
	}
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("open http://%v\n", l.Addr())
	log.Fatal(http.Serve(l, http.FileServer(http.Dir(built))))
}

// build puts the page, the client and Go's support script in a folder.
func build(source string) (folder string, err error) {
	if folder, err = os.MkdirTemp("", "khp-browser-"); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-o", filepath.Join(folder, "client.wasm"), ".")
	cmd.Dir, cmd.Env = source, append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", runtime.Version(), err)
	}
	for _, file := range []string{filepath.Join(source, "index.html"),
		filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js")} {
		b, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(file)), b, 0o644); err != nil {
			return "", err
		}
	}
	return folder, nil
}
