# make run    build, and show the main job on real numbers (under a minute after the build)
# make test   build and test
# Both do all the set-up themselves on a machine that has a Swift toolchain.

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=

# The Swift runtime is linked in, so that the installed file starts fast and runs on machines without Swift; by lld,
# because gold warns of a function in the toolchain's own Foundation.
RELEASE := -c release --product isoflop
ifeq ($(shell uname -s),Linux)
  RELEASE += --static-swift-stdlib -Xswiftc -use-ld=lld
endif
# One scratch folder a configuration: switching between targets then rebuilds nothing.
CHECK := -c release -Xswiftc -enable-testing --scratch-path .build-check
SOURCES := Package.swift Sources Tests $(wildcard Benchmarks/Package.swift Benchmarks/Sources)

# What Python calls, and the wheel that carries it.
PYTHON ?= python3
WHEEL := .build-c/wheel

.PHONY: help run build release wheel test check sanitize lint format install uninstall docs bench clean setup

help:
	@echo "make run       build, and show the main job on real numbers"
	@echo "make test      build and run the tests"
	@echo "make check     the longer checks: the tests in an optimised build, which may not warn"
	@echo "make sanitize  sixty-four threads in the C ABI for a minute, under ThreadSanitizer"
	@echo "make lint      is every file formatted as swift-format says?"
	@echo "make format    format every file"
	@echo "make build     debug build of everything"
	@echo "make release   optimised executable in .build/release/isoflop"
	@echo "make wheel     the Python package as a wheel that needs neither Swift nor hwloc, in $(WHEEL)"
	@echo "make install   the program, its man page and its completions to PREFIX (PREFIX=$(PREFIX))"
	@echo "make docs      the documentation of the Swift library, in .build/docs"
	@echo "make bench     measure the speed of sweeps and kernels"
	@echo "make clean     remove what was built"

setup:
	@SWIFT="$(SWIFT)" .ci/setup

run: release
	@.build/release/isoflop demo

build: setup
	$(SWIFT) build --build-tests

release: setup
	$(SWIFT) build $(RELEASE)

# The environment holds the packages that build wheels; the wheel is the same from any Python 3.
wheel: setup
	@test -x .venv-wheel/bin/python || { $(PYTHON) -m venv .venv-wheel && .venv-wheel/bin/python -m pip install -q build; }
	@rm -rf $(WHEEL)
	SWIFT="$(SWIFT)" .venv-wheel/bin/python -m build --wheel --outdir $(WHEEL) Sources/Python

test: setup
	@SWIFT="$(SWIFT)" .ci/test-all

check: setup
	@SWIFT="$(SWIFT)" .ci/check $(CHECK)

# A build of its own, with every access to memory watched: some minutes.
sanitize: setup
	@SWIFT="$(SWIFT)" .ci/sanitize

lint: setup
	$(SWIFT) format lint --strict --recursive --parallel $(SOURCES)

format: setup
	$(SWIFT) format format --in-place --recursive --parallel $(SOURCES)

install: release
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -s -m 755 .build/release/isoflop "$(DESTDIR)$(PREFIX)/bin/isoflop"
	.ci/share .build/release/isoflop "$(DESTDIR)$(PREFIX)/share"
	@case ":$$PATH:" in *":$(PREFIX)/bin:"*) ;; *) echo "isoflop: add $(PREFIX)/bin to PATH" ;; esac

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/isoflop"
	.ci/share --remove "$(DESTDIR)$(PREFIX)/share"

docs: setup
	SWIFT="$(SWIFT)" .ci/docs .build/docs

# BENCH="--rounds 5 --only search" measures less, BENCH="--record records" keeps the result.
bench: setup
	@SWIFT="$(SWIFT)" Benchmarks/run $(BENCH)

clean:
	rm -rf .build .build-check .build-c .build-thread .venv-python .venv-wheel
