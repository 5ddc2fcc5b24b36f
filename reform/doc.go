// Package reform holds the words of the field: indices and their bases,
// components, units, periods, facts, ranks, documents, and the kinds of error.
// It knows neither the database nor the web, so a writer and a reader can
// share these words without knowing each other.
//
// Units. A score is a decimal number on the scale of its component (0 to Max);
// it is never a float, so that 8.06 stays 8.06. A rank is a place, a
// denominator and a scope: "20/63 in the nation", "3/13 in a region".
// A unit is keyed by scheme and code, "vn63:80" (Long An until 30 June 2025),
// because after the merger of 1 July 2025 the same code means another unit.
package reform
