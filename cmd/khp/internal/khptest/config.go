package khptest

// Config is a file for khp serve --config with settings of every kind.
const Config = `
# what the command line would say
listen: 127.0.0.1:0
realm: inner circle
idle-timeout: 1h
max-message: 64k
route:
  /echo: echo
  /no: status:403
  /b: balance:ws://127.0.0.1:1/,ws://127.0.0.1:2/
auth:
  /echo: [joe:welcome, ann:sesame]
allow-origin:
  - https://*.example.com
verbose: true
`
