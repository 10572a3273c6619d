// Package netguard lets a listener accept connections from chosen networks only.
package netguard

import (
	"fmt"
	"net"
	"strings"
)

// Networks is a set of address ranges.
type Networks []*net.IPNet

// Parse reads comma separated ranges like "10.0.0.0/8,::1/128". An empty list allows nobody and is refused.
func Parse(list string) (Networks, error) {
	var networks Networks
	for _, item := range strings.Split(list, ",") {
		_, network, err := net.ParseCIDR(strings.TrimSpace(item))
		if err != nil {
			return nil, fmt.Errorf("netguard: %q is not an address range like 10.0.0.0/8", item)
		}
		networks = append(networks, network)
	}
	return networks, nil
}

// Contains tells whether an address "host:port" lies in one of the ranges.
func (n Networks) Contains(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	for _, network := range n {
		if ip != nil && network.Contains(ip) {
			return true
		}
	}
	return false
}

// Listen wraps a listener; connections from elsewhere are closed before a byte is read.
func Listen(inner net.Listener, allowed Networks) net.Listener {
	return &guarded{Listener: inner, allowed: allowed}
}

type guarded struct {
	net.Listener
	allowed Networks
}

func (g *guarded) Accept() (net.Conn, error) {
	for {
		connection, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if g.allowed.Contains(connection.RemoteAddr().String()) {
			return connection, nil
		}
		_ = connection.Close()
	}
}
