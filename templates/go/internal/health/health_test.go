package health

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHandler(t *testing.T) {
	for _, test := range []struct {
		method string
		status int
		body   string
	}{
		{http.MethodGet, http.StatusOK, `{"status":"ok"}`},
		{http.MethodPost, http.StatusMethodNotAllowed, "method not allowed"},
	} {
		recorder := httptest.NewRecorder()
		Handler().ServeHTTP(recorder, httptest.NewRequest(test.method, "/healthz", nil))
		if recorder.Code != test.status || strings.TrimSpace(recorder.Body.String()) != test.body {
			t.Errorf("%s: %d %q", test.method, recorder.Code, recorder.Body)
		}
	}
}
