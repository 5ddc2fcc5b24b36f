# chiso: what a newcomer types. `make run` serves, `make test` proves; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

export CGO_ENABLED ?= 0
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LISTEN ?= 127.0.0.1:8080

# The race detector needs cgo; everything that ships is built without. It watches our packages
# and all libraries but the two interpreters that draw pictures (QuickJS in Go, wazero), which
# share nothing between pictures and are twenty times slower when they are watched.
RACE := -race -gcflags='modernc.org/...=-race=false' -gcflags='github.com/tetratelabs/wazero/...=-race=false'
TESTFLAGS ?= -shuffle=on -count=1 -timeout=40m

.PHONY: help run build test test-tools lint bench engine assets check-assets clean extract-score

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: build ## fetch, build, load the shipped facts, serve on $(LISTEN)
	@exec bin/chiso serve --listen $(LISTEN)

build: node_modules/.installed engine ## build bin/chiso
	@[ -x bin/chiso ] || echo "Building bin/chiso; the first time fetches the Go modules and takes a minute or two ..."
	@go build -trimpath -ldflags "-X main.version=$(VERSION)" -o bin/chiso ./cmd/chiso

# npm ci brings the embedded ClickHouse (546 MB on disk), ECharts and the fonts, pinned by package-lock.json.
node_modules/.installed: package.json package-lock.json
	@echo "Fetching the embedded ClickHouse, ECharts and fonts by npm (about 150 MB; once) ..."
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

engine: node_modules/.installed ## make sure that the engine of this platform is there
	@sh scripts/engine.sh

test: build test-tools ## install what the tests need and run them all
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not gofmt-ed:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory check-assets
	CGO_ENABLED=1 go test $(RACE) $(TESTFLAGS) ./...

test-tools: ## install Chromium and the tools of the tests where this machine lets us
	@sh scripts/test-tools.sh

lint: ## go vet and staticcheck
	go vet ./...
	go tool staticcheck ./...

bench: build ## the benchmarks of docs/benchmarks.md
	sh scripts/bench.sh

assets: node_modules/.installed ## make the bundle, the fonts and the licences again
	node scripts/assets.mjs

check-assets: node_modules/.installed ## the committed assets are what the pinned packages give
	@node scripts/assets.mjs --check

clean: ## remove what was built, keep the data
	rm -rf bin node_modules

extract-score: ## measure the reading of articles (DIR=folder with gold.jsonl and texts)
	@go run ./cmd/extract-score --dir $(or $(DIR),../shared/fixtures/articles) $(ARGS)
