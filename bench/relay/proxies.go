package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"example.com/khp/bench/process"
)

const patience = 20 * time.Second

// proxy relays between the clients and the back end.
type proxy struct {
	*process.Process
	khp bool // its clients speak KHP
}

// startKHP starts khp serve in front of a back end.
func startKHP(name, binary string, to *net.TCPAddr) (proxy, error) {
	p, err := process.Serve(name, binary, "--route", "/load=ws://"+to.String()+"/load")
	return proxy{p, true}, err
}

// conf is the configuration of nginx for passing WebSockets on, in as many processes as there are
// processors.
const conf = `daemon off; worker_processes auto; pid %[1]s/pid; error_log stderr error;
events { worker_connections 4096; }
http {
	access_log off;
	client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c;
	uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
	server {
		listen %[2]s;
		location / {
			proxy_pass http://%[3]s; proxy_http_version 1.1; proxy_read_timeout 1h;
			proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
		}
	}
}
`

// errNoNginx says that the peer is not there.
var errNoNginx = errors.New("nginx is not installed: khp serve is compared with nothing (Debian: " +
	"apt-get install nginx-core)")

// startNginx starts nginx in front of a back end.
func startNginx(folder string, to *net.TCPAddr) (*process.Process, error) {
	binary, err := exec.LookPath("nginx")
	if err != nil {
		if binary, err = exec.LookPath("/usr/sbin/nginx"); err != nil {
			return nil, errNoNginx
		}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0") // nginx cannot tell which port it has got
	if err != nil {
		return nil, err
	}
	addr := ln.Addr().(*net.TCPAddr)
	_ = ln.Close()
	file := filepath.Join(folder, "nginx.conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, conf, folder, addr, to), 0o600); err != nil {
		return nil, err
	}
	p := &process.Process{Name: "nginx", Addr: addr, Cmd: exec.Command(binary, "-c",
		file, "-p", folder)}
	p.Cmd.Stderr = os.Stderr
	if err := p.Cmd.Start(); err != nil {
		return nil, err
	}
	for begin := time.Now(); time.Since(begin) < patience; {
		if nc, err := net.DialTCP("tcp", nil, addr); err == nil {
			_ = nc.Close()
			return p, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.End()
	return nil, errors.New("nginx does not start")
}
