# What can be done here. `make` alone lists it.

GO     ?= go
TOOL   := $(GO) tool -modfile=internal/tools/go.mod
# make vet vets. Under the race detector a program sleeps for a second before it exits, unless it is
# told not to. The detector makes a bcrypt hash cost fourteen times as much, and its cipher has no
# goroutine to watch: tests that log in took minutes, and ran into deadlines on busy machines.
# The detector needs a C compiler.
CGO    := $(shell $(GO) env CGO_ENABLED)
RACE   := $(if $(filter 1,$(CGO)),-race -gcflags=golang.org/x/crypto/blowfish=-race=false)
GOTEST := $(GO) test -vet=off $(RACE)
export GORACE := atexit_sleep_ms=0

# go test gives up after ten minutes, which are few for a package on a slow machine.
export GOFLAGS := -timeout=30m $(shell $(GO) env GOFLAGS)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## watch a KHP server and a client shake hands on loopback
	@$(GO) run ./cmd/khp demo

.PHONY: build
build: ## build the binary ./khp
	$(GO) build -trimpath -o khp ./cmd/khp

.PHONY: check
check: format vet ## everything CI runs
	@$(MAKE) -j2 mutate portable lint generated # mutate takes one processor
	@$(MAKE) -j2 test nested ghost fuzz-ci HAUNTED='$(UNTESTED)' # test runs what race does; nested mostly waits

.PHONY: format
format: ## gofmt finds nothing to change
	@files=$$(gofmt -l .); test -z "$$files" || { echo "not gofmt-ed (run gofmt -w .):"; echo "$$files"; exit 1; }

.PHONY: vet
vet: ## vet, and the dispatching switches are exhaustive
	$(GO) run -C internal/tools ./vet -C "$(CURDIR)" host ./...

# All other packages are about machines that we develop on. One processor with 32 bits shows what an
# int holds; the compiler sees no difference between byte orders.
PORTABLE := ./fsm/... ./wire/... ./endpoint/... ./transport/... ./sim/... ./cmd/... ./internal/visible/...
SYSTEMS  := linux/386,windows/amd64,darwin/arm64
BROWSERS := js/wasm,wasip1/wasm
# Modules that nobody who imports khp downloads.
NESTED   := docs/examples $(addprefix transport/,coderws gorillaws otelkhp promkhp internal/adaptertest internal/mqtttest internal/rabbitmqtest)

.PHONY: portable
portable: ## it compiles for other processors and systems, go.mod is tidy in all modules
	@vet() { $(GO) run -C internal/tools ./vet -C "$(CURDIR)/$$1" $$2; } && vet . "$(SYSTEMS) $(PORTABLE)" && \
	vet . "-tests=false $(BROWSERS) ./fsm/... ./wire/... ./endpoint/... ./transport/..." && \
	for m in transport/coderws transport/gorillaws docs/examples/browser; do vet $$m "-tests=false js/wasm ./..." || exit 1; done
	@for m in . bench internal/tools internal/dist/nfpm $(NESTED); do (cd $$m && $(GO) mod tidy -diff) || { echo "$$m: run go mod tidy"; exit 1; }; done

.PHONY: lint
lint: ## staticcheck
	$(TOOL) staticcheck ./...

GOROUTINES := '^\s*go (func|[a-zA-Z_.]+\()|"sync"|"sync/atomic"|"testing/synctest"|"net"|t\.Parallel'
# These match as well, but no two goroutines of khp meet in their tests: they are pure, take addresses
# apart by package net, or run other programs, which the detector does not see.
ALONE := cmd/khp/internal/cli cmd/khp/internal/convert docs endpoint/driver fsm fuzz/corpus internal/autobahn \
	internal/browser internal/interop internal/origins internal/proxies internal/traced sim/formal wire
# Those whose tests take longest come first, so that no processor is idle at the end.
RACING  = ./transport ./cmd/khp ./sim/model ./internal/conform $(shell $(GO) list -f '{{.Dir}}' ./... | while read -r dir; do \
	! grep -qE $(GOROUTINES) $$dir/*.go || echo $$dir; done | grep -vxF $(addprefix -e $(CURDIR)/,$(ALONE)))

.PHONY: test
test: ## all tests, with the race detector where goroutines can meet, with ghosts where no test minds; every MUST is proven by one that passed, docs/requirements.md is up to date
	@test -n '$(RACE)' || echo "no C compiler, so without the race detector: make test"
	@$(GO) run ./internal/reqtrace -check -ghosts '-short $(PURE)' $(if $(RACE),-ghosts '$(RACE) -short $(MEASURED)' -first '$(RACE) -short $(filter-out $(MEASURED:.%=$(CURDIR)%) ./transport,$(RACING))')

.PHONY: race
race: ## the tests in short mode, with the race detector, of the packages where two goroutines can meet
	@test -n '$(RACE)' || echo "not run here, because there is no C compiler: make race"
	@test -z '$(RACE)' || $(GOTEST) -short $(RACING)

# Tests that measure, and those that read the source of package endpoint, are not for ghosts. make
# test has ghosts in packages without such tests, and where the race detector keeps them from measuring.
NO_GHOST := 'Alloc|Limits|ByteByByte|Purity|TestServer_Open/no-alloc'
PURE     := ./fuzz/... ./sim/network ./sim/script
MEASURED := ./transport ./transport/adapter $(addprefix ./transport/internal/,handshake loop)
HAUNTED  := ./endpoint/... $(PURE) $(MEASURED)
UNTESTED := ./endpoint ./endpoint/driver $(if $(RACE),,$(MEASURED))
.PHONY: ghost
ghost: ## tests and seeds of fuzz targets that run endpoints, with a ghost that checks each call: see internal/ghost
	$(GO) run ./internal/ghost/install $(GO) test -vet=off -short -skip $(NO_GHOST) $(HAUNTED)

.PHONY: nested
nested: ## the nested modules
	@for m in bench internal/tools; do (cd $$m && $(GO) vet ./... && $(GO) test -vet=off ./...) || exit 1; done
	@staticcheck=$$($(TOOL) -n staticcheck) && for m in $(NESTED); do (cd $$m && $(GO) vet ./... && $$staticcheck ./... && $(GOTEST) ./...) || exit 1; done

.PHONY: generate
generate: ## write the generated files again
	$(GO) generate ./...

# TestDocgen_FilesAreFresh, TestSchema_Fresh and TestCatalogue_IsNotStale compare the files of these.
# stringer would compile all that the tests of a package need, once more because the copy has another name.
COMPARED := 'run .*(docgen|schema|mutateglue)'
.PHONY: generated
generated: ## the generated files are up to date: here those that no test compares with its generator
	@tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT && cp -R . "$$tmp/khp" && cd "$$tmp/khp" && \
	find . -name '*_test.go' -exec rm {} + && $(GO) generate -skip $(COMPARED) ./... && \
	diff -rq --exclude=.git --exclude='*_test.go' "$(CURDIR)" "$$tmp/khp" || { echo "generated files are stale: run make generate"; exit 1; }

.PHONY: mutate
mutate: ## change every cell of the tables: each change must be noticed (half a minute)
	$(GO) test -vet=off ./fsm -run TestMutation -mutate -v -timeout 20m

.PHONY: debian
debian: ## install what make prove, make spin and make browser need, from Debian's packages (as root)
	@command -v z3 && command -v spin && command -v gcc && command -v chromium || \
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends z3 spin gcc libc6-dev chromium >/dev/null; }

.PHONY: dist
dist: ## build what is given away, into ./dist: archives for four systems, Debian packages, SHA256SUMS (needs bash and GNU tar)
	internal/dist/build.sh dist

.PHONY: package
package: ## the Debian package is reproducible, complete and hardened; as root it is installed and purged, too
	@command -v systemd-analyze >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends systemd >/dev/null; }
	@tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT && git clone -q . "$$tmp/one" && git clone -q . "$$tmp/two" && \
	"$$tmp/one/internal/dist/build.sh" "$$tmp/a" linux/amd64 && "$$tmp/two/internal/dist/build.sh" "$$tmp/b" linux/amd64 && \
	$(GO) test ./internal/dist -count=1 -v -built "$$tmp/a" -again "$$tmp/b" $$(test $$(id -u) != 0 || echo -install)

.PHONY: browser
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
browser: ## a real browser speaks KHP with khp serve, by its demo page and by the Go client of docs/examples (needs Chromium: apt-get install chromium)
	@test -n "$(CHROMIUM)" || { echo "make browser needs Chromium: apt-get install chromium, or name one with CHROMIUM=..."; exit 1; }
	$(GO) test ./internal/browser -count=1 -chromium "$(CHROMIUM)"

.PHONY: proxies
PROXIES := nginx libnginx-mod-stream haproxy apache2-bin caddy
proxies: ## khp serve behind nginx, Apache, HAProxy and Caddy as docs/operating.md has it (installs them from Debian's packages, as root, without starting them)
	@command -v nginx && command -v haproxy && command -v apache2 && command -v caddy && test -e /usr/lib/nginx/modules/ngx_stream_module.so || { \
	  policy=/usr/sbin/policy-rc.d; test -e $$policy || { trap "rm -f $$policy" EXIT && printf '#!/bin/sh\nexit 101\n' >$$policy && chmod +x $$policy; }; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PROXIES) >/dev/null; }
	$(GO) test ./internal/proxies -count=1 -proxies

.PHONY: backends
backends: ## khp serve between npm's ws and Python's websockets (installs both, pinned, in a temporary folder; needs node, npm and python3)
	@tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT && npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$$tmp" ws@8.23.0 && \
	python3 -m venv "$$tmp/venv" && "$$tmp/venv/bin/pip" install -q --disable-pip-version-check websockets==17.4 && \
	$(GO) test ./internal/backends -count=1 -installed "$$tmp"

.PHONY: rabbitmq
rabbitmq: ## AMQP and STOMP over KHP with RabbitMQ behind khp serve (installs it from Debian's packages, as root, without starting it)
	@test -x /usr/lib/rabbitmq/bin/rabbitmq-server || { \
	  policy=/usr/sbin/policy-rc.d; test -e $$policy || { trap "rm -f $$policy" EXIT && printf '#!/bin/sh\nexit 101\n' >$$policy && chmod +x $$policy; }; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends rabbitmq-server >/dev/null; }
	$(GO) test -C transport/internal/rabbitmqtest -count=1 -timeout 20m -rabbitmq /usr/lib/rabbitmq/bin/rabbitmq-server

.PHONY: autobahn
PYTHON2 ?= $(shell for p in python2.7 $$HOME/.pyenv/versions/2.7.*/bin/python; do $$p -c '' 2>/dev/null && echo $$p && break; done)
autobahn: ## the Autobahn test suite, with compression, on server and client of transport: C='12.*,13.*' or all (needs Python 2.7 with pip, and gcc; all take more than an hour)
	@test -n "$(PYTHON2)" || { echo "make autobahn needs Python 2.7 with pip, for which the suite was written: name one with PYTHON2=..."; exit 1; }
	@tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT && $(PYTHON2) -W ignore -m pip install -q --disable-pip-version-check --target "$$tmp/tool" virtualenv==20.15.1 && \
	PYTHONPATH="$$tmp/tool" $(PYTHON2) -m virtualenv -q "$$tmp/venv" && "$$tmp/venv/bin/pip" install -q --disable-pip-version-check autobahntestsuite==0.8.2 && \
	$(GO) test ./internal/autobahn -count=1 -v -timeout 4h -wstest "$$tmp/venv/bin/wstest" -cases '$(or $(C),*)'

.PHONY: spin
spin: ## the model checker Spin finds the states that the explorer finds, nothing wrong, and every seeded fault (needs Debian's spin and gcc; two minutes)
	$(GO) run ./internal/spincheck
	$(GO) test ./sim/model -run TestFaults

.PHONY: prove
prove: ## prove and explore the properties for all limits and configurations, compare docs/invariants.md, refute every seeded fault (needs Debian's z3; a minute)
	$(GO) run ./internal/provecheck
	$(GO) test ./internal/provecheck -count=1 -z3
	$(GO) run ./cmd/khp explore --progress none

.PHONY: prove-write
prove-write: ## prove, and write docs/invariants.md
	$(GO) run ./internal/provecheck -write

.PHONY: mutate-explore
mutate-explore: ## count the changes that exploration alone notices: N=300 of them, S=1 seed; N=-1 takes all (minutes)
	$(GO) test ./fsm -run TestMutation_ByExploration -mutate-explore $(or $(N),300) -mutate-seed $(or $(S),0) -v -timeout 60m

.PHONY: mutate-tools
mutate-tools: ## show changes of the tables to each tool alone: N=100 of them, S=1 seed; N=-1 shows all, each until two have noticed it (needs z3; minutes, all: an hour)
	$(GO) test ./fsm -run TestMutation_ByTool -mutate-tools $(or $(N),100) -mutate-seed $(or $(S),0) -v -timeout 5h

.PHONY: mutate-glue
mutate-glue: ## put one-line faults into the code between machines and sockets: does the test of each notice? N=100 of the catalogue (-1: all), S=1 seed
	$(GO) run ./internal/mutateglue -n $(or $(N),100) -seed $(or $(S),1)

.PHONY: trace
trace: ## write docs/requirements.md: which code implements, which passing test proves each requirement
	$(GO) run ./internal/reqtrace -write docs/requirements.md

.PHONY: traced
traced: ## break each requirement: a test that names it must fail (T=KHP-REDIR for those; minutes)
	$(GO) run ./internal/traced $(T)

.PHONY: bench
bench: ## compare the parser, the server and the relay with others (four minutes; in the module bench; the relay with Debian's nginx)
	$(GO) test -C bench ./...
	@$(GO) run -C bench .
	@$(GO) run -C bench ./server
	@$(GO) run -C bench ./relay

.PHONY: interop
interop: ## run khp against Kaazing's own gateway and client (needs a JDK and Maven; two minutes)
	mvn -q -B -f internal/interop/testdata/pom.xml dependency:copy-dependencies -DoutputDirectory=$(CURDIR)/internal/interop/jars
	$(GO) test ./internal/interop -count=1 -v -timeout 20m -jars $(CURDIR)/internal/interop/jars $(UPDATE)

.PHONY: performance
performance: ## measure, and write docs/performance.md (a few minutes)
	$(GO) run ./internal/docgen performance

.PHONY: reliability
reliability: ## put khp serve under load, and write docs/reliability.md (ten minutes)
	$(GO) run ./internal/load -write docs/reliability.md

.PHONY: verification
verification: ## explore, measure, and write docs/verification.md (a few minutes)
	$(GO) run ./internal/docgen verification

# fuzz-each runs targets by count: $(1) executions each; $(2) is a pattern of names. Each package is
# built once; go test would link it again for each target. Ghosts check each call of an endpoint.
define fuzz-each
	@tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT && corpus=$$($(GO) env GOCACHE)/fuzz && found=; \
	for package in ./fuzz ./fuzz/differential ./sim/replay ./sim/capture ./transport/auth/htpasswd; do \
	  $(GO) run ./internal/ghost/install $(GO) test -c -fuzz=Fuzz -o "$$tmp/fuzz.test" $$package || exit 1; \
	  for target in $$(cd $$package && "$$tmp/fuzz.test" -test.list '$(2)' | grep '^Fuzz'); do \
	    found=yes; echo "$$target, $(1) executions"; \
	    if (cd $$package && "$$tmp/fuzz.test" -test.run '^$$' -test.fuzz "^$$target\$$" -test.fuzztime=$(1)x -test.fuzzminimizetime=200x \
	      -test.fuzzcachedir="$$corpus/$$($(GO) list .)") > "$$tmp/log" 2>&1; then tail -n 2 "$$tmp/log"; else cat "$$tmp/log"; exit 1; fi; \
	  done; \
	done; test -n "$$found" || { echo "no fuzz target is named $(T)"; exit 1; }
endef

.PHONY: fuzz
fuzz: ## fuzz by count: T=FuzzParseRequest (all) N=2000000
	$(call fuzz-each,$(or $(N),2000000),$(if $(T),^$(T)$$,^Fuzz))

.PHONY: fuzz-ci
fuzz-ci: ## fuzz every target a little, as CI does (under three minutes)
	$(call fuzz-each,$(or $(N),5000),^Fuzz)
