package main

import (
	"syscall/js"
	"time"

	"example.com/khp/wire"
)

// main gives the page three functions: khpDial(url, user, password), khpSend(text), and
// khpClose(code, reason).
func main() {
	document := js.Global().Get("document")
	log := func(line string) {
		document.Call("getElementById", "log").Call("append", line+"\n")
	}
	var c *client
	function := func(name string, f func(args []js.Value)) {
		js.Global().Set(name, js.FuncOf(func(_ js.Value, args []js.Value) any { f(args); return nil }))
	}
	function("khpDial", func(args []js.Value) {
		var err error
		if c, err = dial(args[0].String(), args[1].String(), args[2].String(), log); err != nil {
			log(err.Error())
		}
	})
	function("khpSend", func(args []js.Value) {
		c.call(func(now time.Time) { c.driver.Send(now, wire.Text, []byte(args[0].String())) })
	})
	function("khpClose", func(args []js.Value) {
		c.call(func(now time.Time) { c.driver.Close(now, uint16(args[0].Int()), args[1].String()) })
	})
	log("ready")
	select {}
}
