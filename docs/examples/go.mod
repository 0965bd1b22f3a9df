// Complete programs on packages fsm, endpoint/driver and fuzz/corpus, in a module of their own: nobody who imports khp downloads their libraries.
module example.com/khp/docs/examples

go 1.26.0

require (
	example.com/khp v0.0.0
	github.com/gobwas/ws v1.5.0
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

replace example.com/khp => ../..
