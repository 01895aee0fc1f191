# Short names for what people do here. Each target is one script or one cargo command.

.DEFAULT_GOAL := help
.PHONY: help run test check build bench fmt clean-data

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: ## build what is missing and start Reeve in this folder, with an organization to look at
	@scripts/run.sh

test: ## install what the tests need and run all of them, on both SQL engines
	@scripts/test.sh

check: ## formatting, clippy, floors, licences, tidy, generated files
	@scripts/require-rust.sh
	@cargo xtask check

build: ## the binary that `make run` starts: target/quick/reeve
	@scripts/require-rust.sh
	cargo build --profile quick --package reeve-server

bench: ## measure; figures go to docs/performance.md by hand
	@scripts/require-rust.sh
	cargo build --release --package reeve-server
	REEVE_BIN=$(CURDIR)/target/release/reeve cargo run --release --package reeve-bench

fmt: ## format the code
	cargo fmt --all

clean-data: ## delete ./data, and with it everything that `make run` made
	@scripts/clean-data.sh
