// Package dashboard serves the pages, the pictures and the API of chiso. It
// asks its questions through small interfaces that it declares itself (Reader,
// Loader, Archive, Renderer), so it knows neither the database nor the
// parsers, and every page can be tested with a hand-written Reader.
package dashboard
