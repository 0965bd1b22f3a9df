// KHP over connections of github.com/coder/websocket, in a module of its own: nobody else who imports khp downloads that.
module example.com/khp/transport/coderws

go 1.26.0

require (
	example.com/khp v0.0.0
	github.com/coder/websocket v1.8.15
)

require (
	github.com/gobwas/httphead v0.1.0 // indirect
	github.com/gobwas/ws v1.5.0 // indirect
	github.com/klauspost/compress v1.20.1 // indirect
	github.com/pires/go-proxyproto v0.15.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace example.com/khp => ../..
