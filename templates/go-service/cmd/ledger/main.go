// Command ledger keeps an append-only list of entries and serves it over HTTP.
package main

import (
	"context"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"modules.example/ledger/internal/ledger"
	"modules.example/lifecycle"
	"modules.example/netguard"
	"modules.example/settings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, settings.FromEnvironment("LEDGER_")); err != nil {
		log.Fatalf("ledger: %v", err)
	}
}

func run(ctx context.Context, from *settings.Reader) error {
	address := from.Text("LISTEN", "127.0.0.1:8080")
	clients := from.Text("CLIENTS", "127.0.0.0/8,::1/128")
	grace := lifecycle.Grace(from)
	if err := from.Err(); err != nil {
		return err
	}
	allowed, err := netguard.Parse(clients)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           ledger.New(time.Now).Handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
	log.Printf("ledger: listening on %s", listener.Addr())
	return lifecycle.Serve(ctx, server, netguard.Listen(listener, allowed), grace)
}
