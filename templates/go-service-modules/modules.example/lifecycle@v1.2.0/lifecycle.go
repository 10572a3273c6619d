// Package lifecycle runs a server until its context ends and then lets open requests finish.
package lifecycle

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"modules.example/settings"
)

// Grace reads how long open requests may take after the end was asked for: variable SHUTDOWN_GRACE, 15s unless set.
func Grace(from *settings.Reader) time.Duration {
	return from.Duration("SHUTDOWN_GRACE", 15*time.Second)
}

// Serve answers on listener until ctx ends, then waits at most grace for open requests.
func Serve(ctx context.Context, server *http.Server, listener net.Listener, grace time.Duration) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	deadline, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if err := server.Shutdown(deadline); err != nil {
		return err
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
