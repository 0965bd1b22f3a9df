package model

import (
	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/oracle"
)

// oracleID is the id of the property that every step is the one that the requirements say, as the
// oracle reads them.
const oracleID = "ORACLE"

// differs words a step that the oracle does not agree with.
func differs(what string) string {
	if what == "" {
		return ""
	}
	return oracleID + ": the requirements say otherwise: " + what
}

// oracle lists the property, unless the fault is to be found without the oracle.
func (f *Fault) oracle() []explore.Checked {
	if f.Unaided {
		return nil
	}
	return []explore.Checked{{ID: oracleID, Text: "every step is the one that the oracle reads in the requirements"}}
}

func (s timerSet) oracle() oracle.Timers { return oracle.Timers{Running: s.running, Paused: s.paused} }

// clientOracle compares a step of a client with the oracle.
func (f *Fault) clientOracle(cfg fsm.ClientConfig, before *clientWorld, after fsm.ClientState, ev fsm.Event, effects *fsm.Effects, v fsm.Verdict) string {
	if f.Unaided {
		return ""
	}
	return differs(oracle.CheckClient(cfg, before.state, after, ev, effects, v, before.host.timers.oracle()))
}

// serverOracle compares a step of a server with the oracle.
func (f *Fault) serverOracle(cfg fsm.ServerConfig, before *serverWorld, after fsm.ServerState, ev fsm.Event, effects *fsm.Effects, v fsm.Verdict) string {
	if f.Unaided {
		return ""
	}
	return differs(oracle.CheckServer(cfg, before.state, after, ev, effects, v, before.host.timers.oracle()))
}
