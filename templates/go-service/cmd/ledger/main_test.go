package main

import (
	"context"
	"testing"
	"time"

	"modules.example/settings"
)

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	values := map[string]string{"LEDGER_LISTEN": "127.0.0.1:0"}
	if err := run(ctx, settings.FromMap("LEDGER_", values)); err != nil {
		t.Fatal(err)
	}
}

func TestRunRefusesWhatItCannotRead(t *testing.T) {
	for name, value := range map[string]string{"LEDGER_CLIENTS": "everyone", "LEDGER_SHUTDOWN_GRACE": "-1s"} {
		if run(context.Background(), settings.FromMap("LEDGER_", map[string]string{name: value})) == nil {
			t.Errorf("%s=%s was accepted", name, value)
		}
	}
}
