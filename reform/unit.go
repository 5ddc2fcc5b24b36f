package reform

import (
	"fmt"
	"regexp"
	"strings"
)

// UnitType is the kind of thing that is measured. Ranks are counted within one type only.
type UnitType string

// The unit types. Province includes the cities under the central government.
const (
	Nation     UnitType = "nation"
	Region     UnitType = "region"
	Province   UnitType = "province"
	Department UnitType = "department"
	Commune    UnitType = "commune"
	Ministry   UnitType = "ministry"
)

// Scheme is a division of the country that was in force for a span of time.
type Scheme string

// The schemes of provinces. A code or a name alone is no key across them.
const (
	VN64 Scheme = "vn64" // until 31 July 2008, with Hà Tây
	VN63 Scheme = "vn63" // 1 August 2008 to 30 June 2025
	VN34 Scheme = "vn34" // from 1 July 2025
	// NoScheme is the scheme of the nation and the ministries.
	NoScheme Scheme = ""
)

// UnitKey is a unit's permanent key: "vn63:80" a province, "vn63:r:DBSCL" a
// region, "vn34:91/H01.187" a department or commune under its province,
// "vn63:93/so-tu-phap" one without a national id, "vn" the nation,
// "min:bo-tu-phap" a ministry.
type UnitKey string

// TheNation is the key of the whole country, which belongs to no scheme.
const TheNation UnitKey = "vn"

var unitKeyPattern = regexp.MustCompile(`^(?:vn|min:[a-z0-9-]+|vn(?:64|63|34):(?:r:[A-Z0-9_]+|[0-9]{2}(?:/[A-Za-z0-9.-]+)?))$`)

// ParseUnitKey checks the form of a key; whether the unit exists is the catalogue's to say.
func ParseUnitKey(s string) (UnitKey, error) {
	if !unitKeyPattern.MatchString(s) {
		return "", fmt.Errorf("unit %q: want a key such as vn63:80 or vn63:r:DBSCL: %w", s, ErrInvalid)
	}
	return UnitKey(s), nil
}

// Scheme is the scheme of the key, or NoScheme.
func (k UnitKey) Scheme() Scheme {
	s, _, ok := strings.Cut(string(k), ":")
	if !ok || s == "min" {
		return NoScheme
	}
	return Scheme(s)
}

// Code is what follows the scheme: "80", "r:DBSCL", "91/H01.187".
func (k UnitKey) Code() string {
	_, c, _ := strings.Cut(string(k), ":")
	return c
}

// Parent is the province of a department or commune, or "".
func (k UnitKey) Parent() UnitKey {
	p, _, ok := strings.Cut(string(k), "/")
	if !ok {
		return ""
	}
	return UnitKey(p)
}
