package ledger

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func request(handler http.Handler, method, path, body string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(method, path, strings.NewReader(body)))
	return answer
}

func fixed() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

func TestPostedEntriesAreListedInOrder(t *testing.T) {
	handler := New(fixed).Handler()
	for _, text := range []string{"first", "second"} {
		if answer := request(handler, http.MethodPost, "/entries", text); answer.Code != http.StatusCreated {
			t.Fatalf("%d %s", answer.Code, answer.Body)
		}
	}
	want := `[{"number":1,"time":"2026-01-02T03:04:05Z","text":"first"},{"number":2,"time":"2026-01-02T03:04:05Z","text":"second"}]`
	if got := strings.TrimSpace(request(handler, http.MethodGet, "/entries", "").Body.String()); got != want {
		t.Errorf("got %s", got)
	}
}

func TestRefusals(t *testing.T) {
	handler := New(fixed).Handler()
	cases := []struct {
		method, path, body string
		status             int
	}{
		{http.MethodPost, "/entries", "", http.StatusBadRequest},
		{http.MethodPost, "/entries", strings.Repeat("x", maxBody+1), http.StatusBadRequest},
		{http.MethodDelete, "/entries", "", http.StatusMethodNotAllowed},
		{http.MethodGet, "/elsewhere", "", http.StatusNotFound},
		{http.MethodGet, "/healthz", "", http.StatusOK},
	}
	for _, c := range cases {
		if got := request(handler, c.method, c.path, c.body).Code; got != c.status {
			t.Errorf("%s %s: got %d, want %d", c.method, c.path, got, c.status)
		}
	}
}

func TestAFullLedgerTakesNoMore(t *testing.T) {
	ledger := New(fixed)
	for i := 0; i < maxEntries; i++ {
		if _, err := ledger.Append("x"); err != nil {
			t.Fatal(err)
		}
	}
	if answer := request(ledger.Handler(), http.MethodPost, "/entries", "x"); answer.Code != http.StatusInsufficientStorage {
		t.Errorf("got %d", answer.Code)
	}
}
