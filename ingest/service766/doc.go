// Package service766 reads the live 766 index from the two generations of the
// National Public Service Portal's interface: rest.jsp (until 2025) and api/v1 (from
// 2026). Their statistics have different bases, so they are two sources, never one series.
//
// # Two halves
//
// A Poller asks: one request at a time, with pauses, an honest name, bounded tries and
// a breaker that opens when the portal refuses. What it brings home is a Container:
// every answer of one poll, byte for byte, with its request, time and status, as one
// document. It decides nothing about numbers.
//
// Parse reads such a document, or a single saved answer. It is pure: the same bytes
// give the same facts years later. All gates stand here, so that a refused answer can be
// looked at, and loaded after all once its cause is gone (a code that had to be bound, say).
//
// # Batches
//
// A batch is one list of units for one period: all provinces, or the departments and
// communes of one. It is taken whole or not at all: the units in force are all there, each
// once, on pages 1 to n; scores lie within 0 and their maximum; six groups make
// their total within 0.02; the numbers are of the period that was asked for. A
// batch that fails one of these gives problems and no fact; the others are not touched by it.
//
// # Numbers
//
// Null is not zero: it gives no fact. Places are counted here, within one type of unit and one criterion,
// ties sharing a place; the portal's own row number stays in the locator. A reading of
// a period that was not over is provisional. What the portal sums up itself
// (overview, scoreDelta) is not read.
//
// # What a schedule does
//
// It keeps one Poller for each source, calls Fetch, and loads what it brings (also beside
// an error) with the kind "s766", Config.Source, Config.Address and Config.Options, and
// with its good batches loaded where others were refused. A source in YAML:
//
//	portal: portal-2026
//	periods: {current: [month, quarter, year], closed: [month, quarter], closed_days: 45}
//	below: [H53, "vn34:91"]      # departments and communes too; seven requests for each period and province
//	bindings: {H39: "vn63:80"}   # codes from before the merger, once, by a person
//	contact: mailto:cchc@example.gov.vn
package service766
