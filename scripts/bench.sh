#!/bin/sh
# The figures of docs/benchmarks.md. Run it on a machine that does nothing else; the ratios are
# against a named baseline of the same run.
set -eu
run() { # package, benchmarks, times
	echo "== $1 $2"
	go test "$1" -run '^$' -bench "$2" -benchtime "$3" -timeout 30m | grep -E '^(Benchmark|ok|FAIL|---)'
}
run ./tests 'BenchmarkStart|BenchmarkHandler|BenchmarkRankPageCold' 15x
run ./ingest 'BenchmarkLoadMillion' 2x
run ./charts/render 'BenchmarkSVGRankHistory' 100x
run ./ingest BenchmarkKinds 5x
run ./queries '.' 50x
run ./ingest/tidy 'BenchmarkCSV' 3x
run ./ingest/service766 '.' 5x
run ./ingest/prose '.' 5x
run ./ingest/table '.' 3x
run ./tests 'BenchmarkExport' 25x
run ./tests 'BenchmarkBoard|BenchmarkResort' 25x
run ./charts/render 'BenchmarkMap|BenchmarkHeatmap' 20x
run ./charts/deck '.' 20x
run ./charts/workbook '.' 20x
run ./dashboard 'BenchmarkFigureFile' 15x
