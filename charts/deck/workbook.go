package deck

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"chiso/charts"
	"chiso/charts/text"
)

// The sheets of the workbook behind a chart. The first bears the name that the office
// programs themselves give, so that they find its data.
const (
	dataSheet   = "Sheet1"
	sourceSheet = "Nguon"
)

// workbook is what "Edit data" opens: the numbers of the chart, and on a second sheet where they come from.
func (n *native) workbook(about [][2]string) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	set := func(sheet string, column, row int, v any) error {
		cell, err := excelize.CoordinatesToCellName(column, row)
		if err != nil {
			return err
		}
		if s, ok := v.(string); ok {
			// A string is never a formula, whatever it begins with.
			return f.SetCellStr(sheet, cell, text.Cell(s))
		}
		return f.SetCellValue(sheet, cell, v)
	}
	put := func(err *error, sheet string, column, row int, v any) {
		if *err == nil {
			*err = set(sheet, column, row, v)
		}
	}
	var err error
	put(&err, dataSheet, 1, 1, oneLine(n.plot.Head))
	for i, c := range n.cats {
		put(&err, dataSheet, 1, i+2, c)
	}
	for j, s := range n.series {
		put(&err, dataSheet, j+2, 1, s.name)
		for i, v := range s.values {
			if v.Valid {
				put(&err, dataSheet, j+2, i+2, v.Decimal.InexactFloat64())
			}
		}
	}
	if n.kind == charts.PlotLine {
		// A place is nothing without its N: the words stand beside the data.
		for j, s := range n.plot.Series {
			at := len(n.series) + 3 + j
			put(&err, dataSheet, at, 1, oneLine(s.Name)+" *")
			for i, t := range s.Labels {
				put(&err, dataSheet, at, i+2, oneLine(t))
			}
		}
	}
	if err == nil {
		_, err = f.NewSheet(sourceSheet)
	}
	for i, line := range about {
		put(&err, sourceSheet, 1, i+1, line[0])
		put(&err, sourceSheet, 2, i+1, oneLine(line[1]))
	}
	if err == nil {
		err = f.SetColWidth(dataSheet, "A", "A", 32)
	}
	if err != nil {
		return nil, fmt.Errorf("deck: workbook of a chart: %w", err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("deck: workbook of a chart: %w", err)
	}
	return b.Bytes(), nil
}

// column is the letter of the i-th series' column.
func column(i int) string {
	s, err := excelize.ColumnNumberToName(i + 2)
	if err != nil {
		return "B" // more columns than a sheet has are refused before
	}
	return s
}
