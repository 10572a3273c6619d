// Package ledger keeps entries in the order they came.
package ledger

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	maxEntries = 10000
	maxBody    = 4 << 10
)

// Entry is one line of the ledger.
type Entry struct {
	Number int       `json:"number"`
	Time   time.Time `json:"time"`
	Text   string    `json:"text"`
}

// Ledger holds entries in memory; it is safe for concurrent use.
type Ledger struct {
	mutex   sync.Mutex
	entries []Entry
	now     func() time.Time
}

// New makes an empty ledger that takes the time from now.
func New(now func() time.Time) *Ledger { return &Ledger{now: now} }

var errFull = errors.New("the ledger is full")

// Append adds an entry at the end.
func (l *Ledger) Append(text string) (Entry, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if len(l.entries) == maxEntries {
		return Entry{}, errFull
	}
	entry := Entry{Number: len(l.entries) + 1, Time: l.now().UTC(), Text: text}
	l.entries = append(l.entries, entry)
	return entry, nil
}

// Entries gives a copy of all entries.
func (l *Ledger) Entries() []Entry {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return append([]Entry{}, l.entries...)
}

// Handler serves GET /healthz, GET /entries and POST /entries.
func (l *Ledger) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("/entries", l.serveEntries)
	return mux
}

func (l *Ledger) serveEntries(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		writeJSON(w, http.StatusOK, l.Entries())
	case http.MethodPost:
		l.serveAppend(w, r)
	default:
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "use GET or POST", http.StatusMethodNotAllowed)
	}
}

func (l *Ledger) serveAppend(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil || len(text) == 0 {
		http.Error(w, "send 1 to 4096 bytes of text", http.StatusBadRequest)
		return
	}
	entry, err := l.Append(string(text))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInsufficientStorage)
		return
	}
	writeJSON(w, http.StatusCreated, entry)
}

func writeJSON(w http.ResponseWriter, status int, value interface{}) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}
