// The tests that all ways to have KHP connections share, in a module of their own: nobody who imports one of them downloads the others.
module example.com/khp/transport/internal/adaptertest

go 1.26.0

require (
	example.com/khp v0.0.0
	example.com/khp/transport/coderws v0.0.0
	example.com/khp/transport/gorillaws v0.0.0
	github.com/coder/websocket v1.8.15
	github.com/gobwas/ws v1.5.0
	github.com/gorilla/websocket v1.5.3
	github.com/lxzan/gws v1.8.9
	github.com/stretchr/testify v1.12.1
)

require (
	github.com/dolthub/maphash v0.1.0 // indirect
	github.com/gobwas/httphead v0.1.0 // indirect
	github.com/klauspost/compress v1.20.1 // indirect
	github.com/pires/go-proxyproto v0.15.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace (
	example.com/khp => ../../..
	example.com/khp/transport/coderws => ../../coderws
	example.com/khp/transport/gorillaws => ../../gorillaws
)
