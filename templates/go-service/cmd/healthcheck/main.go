// Command healthcheck asks a running ledger whether it is well; exit code 0 means yes. For images that have no shell.
package main

import (
	"fmt"
	"net/http"
	"os"
	"time"

	"modules.example/settings"
)

func main() {
	address := settings.FromEnvironment("LEDGER_").Text("LISTEN", "127.0.0.1:8080")
	client := http.Client{Timeout: 3 * time.Second}
	response, err := client.Get("http://" + address + "/healthz")
	if err != nil {
		fmt.Fprintln(os.Stderr, "healthcheck:", err)
		os.Exit(1)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		fmt.Fprintln(os.Stderr, "healthcheck:", response.Status)
		os.Exit(1)
	}
}
