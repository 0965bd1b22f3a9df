package fsm

import (
	"testing"

	"example.com/khp/fsm/codes"
	"example.com/khp/internal/anycall"
	"pgregory.net/rapid"
)

var functions = map[string]any{
	"ClientRows": ClientRows, "CloseCode": CloseCode, "DefaultClientConfig": DefaultClientConfig,
	"DefaultServerConfig": DefaultServerConfig, "MissingField": MissingField,
	"OpeningStatus": OpeningStatus, "ServerRows": ServerRows, "Status": Status,
	"Statuses": Statuses, "Tools": Tools,
}

// Whatever is called in whatever order with whatever arguments, states from other machines
// included: nothing panics.
func TestAnyCalls(t *testing.T) {
	anycall.Complete(t, ".", functions)
	client, server := DefaultClientConfig(), DefaultServerConfig()
	for name, first := range map[string]any{"client": &client, "server": &server,
		"zero-client": &ClientConfig{}, "zero-server": &ServerConfig{}} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				c := anycall.Caller{}
				c.Run(t, []any{first, new(Effects), new(codes.Rule), new(Row), new(Event), new(Failure),
					new(Facts), new(codes.Action), new(Verdict), new(EffectKind), new(EventKind), new(ClientPhase),
					new(Timer), &tools{}, &alteration{}}, functions, 40)
			})
		})
	}
}
