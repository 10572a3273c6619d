// Package settings reads a program's settings from its environment and refuses what it can't read.
package settings

import (
	"fmt"
	"os"
	"time"
)

// Reader collects the first error, so that a program reads all its settings and checks once.
type Reader struct {
	prefix string
	lookup func(string) (string, bool)
	err    error
}

// FromEnvironment reads variables whose names start with prefix.
func FromEnvironment(prefix string) *Reader {
	return &Reader{prefix: prefix, lookup: os.LookupEnv}
}

// FromMap reads from values instead of the environment.
func FromMap(prefix string, values map[string]string) *Reader {
	return &Reader{prefix: prefix, lookup: func(name string) (string, bool) {
		value, found := values[name]
		return value, found
	}}
}

// Text gives a variable's value, or fallback when it is not set.
func (r *Reader) Text(name, fallback string) string {
	if value, found := r.lookup(r.prefix + name); found {
		return value
	}
	return fallback
}

// Duration gives a positive duration like "15s", or fallback when it is not set.
func (r *Reader) Duration(name string, fallback time.Duration) time.Duration {
	value, found := r.lookup(r.prefix + name)
	if !found {
		return fallback
	}
	duration, err := time.ParseDuration(value)
	if err != nil || duration <= 0 {
		if r.err == nil {
			r.err = fmt.Errorf("%s%s: %q is not a positive duration like 15s", r.prefix, name, value)
		}
		return fallback
	}
	return duration
}

// Err is the first setting that could not be read.
func (r *Reader) Err() error { return r.err }
