package geo

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"sync"

	"chiso/reform"
)

//go:embed tiles.csv
var tilesCSV []byte

// Tile is the square of a unit in a grid that resembles the country.
type Tile struct {
	Code             string // of the province; "hoang-sa" and "truong-sa" are the archipelagos
	Row, Column      int
	ShortVI, ShortEN string // names that fit a square; "" the unit's own
}

var tiles = sync.OnceValues(func() (map[reform.Scheme][]Tile, error) {
	rows, err := csv.NewReader(bytes.NewReader(tilesCSV)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("tiles: %w", err)
	}
	out := map[reform.Scheme][]Tile{}
	for _, r := range rows[1:] {
		row, err := strconv.Atoi(r[2])
		if err != nil {
			return nil, fmt.Errorf("tiles: %w", err)
		}
		column, err := strconv.Atoi(r[3])
		if err != nil {
			return nil, fmt.Errorf("tiles: %w", err)
		}
		out[reform.Scheme(r[0])] = append(out[reform.Scheme(r[0])], Tile{Code: r[1], Row: row, Column: column, ShortVI: r[4], ShortEN: r[5]})
	}
	return out, nil
})

// Tiles are the squares of a scheme, those of the archipelagos among them; none where the scheme is not one of provinces.
func Tiles(scheme reform.Scheme) []Tile {
	all, err := tiles()
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return all[scheme]
}
