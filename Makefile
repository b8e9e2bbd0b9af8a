.POSIX:
.PHONY: help setup build dist run test simulate crash reliability bench format clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

setup: ## Install the libraries that are missing
	@Scripts/setup

build: setup ## Build the crew executable in release mode
	swift build -c release --product crew $$(Scripts/release-flags)

dist: build ## Pack a release: the stripped program, manual page, completions; into .build/dist
	@Scripts/dist $(ARGS)

run: build ## Run the quickstart crew; ARGS="--input topic=rain" are passed on
	@Scripts/run $(ARGS)

test: setup ## Check the layout and run all tests; ARGS are for swift test
	@Scripts/test $(ARGS)

crash: setup ## Kill, fail and damage at every write of the journal, not only at some as make test does
	@CREW_CRASH=all Scripts/test --filter \
		'KillPointTests|PowerFailureTests|DiskErrorTests|CutOffToolTests|TwoExecutorsTests|UnusableStoreTests'

simulate: setup ## Run the core in SEEDS=N simulated worlds, from FROM=S on; SEED=X runs one of them again
	@swift run -c release simulate $${SEED:+--seed "$$SEED"} $${SEEDS:+--seeds "$$SEEDS"} $${FROM:+--from "$$FROM"}

reliability: setup ## Run all tests and write what they have shown into Docs/reliability.md
	@rm -f .build/evidence.jsonl
	@CREW_EVIDENCE="$$PWD/.build/evidence.jsonl" Scripts/test
	@Scripts/reliability .build/evidence.jsonl Docs/reliability.md

bench: setup ## Compare CPU and wall time with C on libcurl; ARGS="--rounds 9 --pin"
	@Scripts/bench $(ARGS)

format: ## Lay the Swift code out anew
	swift format -i --recursive Package.swift Sources Tests Prompts

clean: ## Remove all that was built, and the local model
	rm -rf .build
