package script

import (
	"strings"

	"example.com/khp/sim/network"
	"example.com/khp/sim/script/internal/lang"
	"example.com/khp/sim/script/internal/play"
	"example.com/khp/wire"
)

// runAdversary starts a peer that follows no protocol: adversary HOST as server, adversary URL as
// client. The lines below it are its steps; behind a line that says next come those for the next
// connection.
func runAdversary(r *runner, a *lang.Args) error {
	at, err := a.Plain("a host name for a server, or a URL for a client")
	if err != nil {
		return err
	}
	setup := play.Player{Name: at.Text}
	copies, err := setup.Options(a)
	if err != nil {
		return err
	}
	reader := play.Reader{File: r.file.Name, Vars: r.vars, Trial: r.trial, Spend: r.spend}
	scripts, err := reader.Steps(a.Line.Below)
	if err != nil {
		return err
	}
	w := r.world
	w.Started = true
	if setup.Trial = r.trial; r.trial != nil {
		r.trial.Sections, r.trial.World = scripts, w
	}
	if !strings.Contains(at.Text, "://") {
		used := 0
		w.Net.RawServer(at.Text, func(raw *network.Raw) {
			p := setup
			used++
			p.Serial, p.Steps = used, scripts[min(used, len(scripts))-1].Steps
			if p.Trial != nil && used > len(scripts) {
				p.Trial.Surplus(raw)
				return
			}
			p.Play(w, raw)
		})
		return nil
	}
	u, err := wire.ParseURL(at.Text, nil)
	if err != nil {
		return a.Mistake("%s is no ws or wss URL: %s", at.Text, err)
	}
	if setup.Name == at.Text {
		setup.Name = "adversary"
	}
	setup.Target, setup.HostField = u.Target(), u.HostField()
	for i := range copies {
		w.Raws++
		w.Net.RawDial(u.HostPort(), u.Host, func(raw *network.Raw) {
			p := setup
			p.Serial, p.Steps = i+1, scripts[0].Steps
			p.Play(w, raw)
		}, func(reason string) { w.Say(setup.Name, "cannot: %s", reason) })
	}
	if copies > 1 {
		w.Quiet = true
	}
	return nil
}
