package world

import (
	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"example.com/khp/sim/oracle"
)

// differs words a step that the oracle does not agree with.
func differs(what string) string {
	if what == "" {
		return ""
	}
	return act.OracleID + ": the requirements say otherwise: " + what
}

// OracleChecks lists the property, unless the fault is to be found without the oracle.
func OracleChecks(f *act.Fault) []explore.Checked {
	if f.Unaided {
		return nil
	}
	return []explore.Checked{{ID: act.OracleID,
		Text: "every step is the one that the oracle reads in the requirements"}}
}

func (s timerSet) oracle() oracle.Timers {
	return oracle.Timers{Running: s.running, Paused: s.paused}
}

// clientOracle compares a step of a client with the oracle.
func clientOracle(f *act.Fault, cfg fsm.ClientConfig, before *Client, after fsm.ClientState,
	ev fsm.Event, effects *fsm.Effects, v fsm.Verdict) string {
	if f.Unaided {
		return ""
	}
	return differs(oracle.CheckClient(cfg, before.State, after, ev, effects, v,
		before.Host.Timers.oracle()))
}

// serverOracle compares a step of a server with the oracle.
func serverOracle(f *act.Fault, cfg fsm.ServerConfig, before *Server, after fsm.ServerState,
	ev fsm.Event, effects *fsm.Effects, v fsm.Verdict) string {
	if f.Unaided {
		return ""
	}
	return differs(oracle.CheckServer(cfg, before.State, after, ev, effects, v,
		before.Host.Timers.oracle()))
}
