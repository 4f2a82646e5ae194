# Assay. `make help` lists what can be made.
SHELL := /bin/bash
.DEFAULT_GOAL := all
MAKEFLAGS += --no-print-directory
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += --jobs=$(shell nproc)
endif
BUILD ?= build
PREFIX ?= /usr/local
ifeq ($(origin CC),default)
CC := gcc
endif
VERSION := 0.1.0

PACKAGES := libxml-2.0 libxslt openssl jansson libstrophe libidn libcurl libomemo-c librnp
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wvla -Wimplicit-fallthrough -Wformat=2
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Iharness $(WARNINGS) $(CFLAGS) $(SANITIZE) \
  $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null) -DASSAY_VERSION='"$(VERSION)"' -DASSAY_SHARE='"$(PREFIX)/share/assay"'
ALL_LIBS = $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lexslt -linih -lwslay -lresolv -lm

# The rooms and what each may include; `make deps` proves it (ci/deps), `make unit-ROOM` builds from it.
ROOMS := base xml crypto net tls xmpp client driver script target measure run report certify cmd
sources = $(wildcard harness/$(1)/*.c)
objects = $(patsubst %.c,$(BUILD)/%.o,$(1))
closure_base := base
closure_xml := xml base
closure_crypto := crypto xml base
closure_net := net base
closure_tls := tls net xml base
closure_xmpp := xmpp net xml base
closure_client := client xmpp net xml base
closure_driver := driver client xmpp net xml base
closure_script := script xml base
closure_target := target net xml base
closure_report := report xml base
closure_certify := certify report xml base
closure_measure := measure driver client script target crypto xmpp net xml base
closure_run := run driver client script target crypto xmpp net xml base
closure_cmd := $(ROOMS)

SOURCES := $(foreach room,$(ROOMS),$(call sources,$(room)))
OBJECTS := $(call objects,$(SOURCES))

# Several processes of `assay load` act as one over Open MPI, by a plugin beside the program. Without MPI all else is made.
MPICC := $(shell command -v mpicc)
PLUGINS := $(if $(MPICC),$(BUILD)/assay-mpi.so)
CLIENT_PLUGINS := $(BUILD)/assay-profanity.so $(BUILD)/assay-mcabber.so

CLIENT_PROGRAMS := $(BUILD)/assay-client-strophe $(BUILD)/assay-client-native
all: $(BUILD)/assay $(CLIENT_PROGRAMS) $(CLIENT_PLUGINS) $(PLUGINS) ## build the program, build/assay

$(BUILD)/assay: $(BUILD)/harness/main.o $(OBJECTS)
	@echo 'LINK    $@'
	@$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(BUILD)/assay-mpi.so: harness/plugins/mpi.c harness/measure/ranks_plugin.h
	@mkdir -p $(@D)
	@echo 'LINK    $@'
	@OMPI_CC=$(CC) $(MPICC) -std=c11 -Iharness $(WARNINGS) $(CFLAGS) -fPIC -fvisibility=hidden -shared -o $@ $<

# The client that comes with Assay (fixtures/clients/own), programs of its own as other clients are: on libstrophe, and on our own stream.
# It encrypts by the same OMEMO as the harness does: the crypto room's, without OpenPGP and files.
CLIENT_SOURCES := $(wildcard fixtures/clients/own/*.c) harness/run/forgery.c $(call sources,base) \
  $(filter-out %/media.c $(wildcard harness/crypto/openpgp*.c),$(call sources,crypto))
STROPHE_SOURCES := $(CLIENT_SOURCES) $(wildcard fixtures/clients/strophe/*.c) harness/xml/xml.c harness/xml/print.c
NATIVE_SOURCES := $(CLIENT_SOURCES) $(wildcard fixtures/clients/native/*.c) $(foreach room,xml net xmpp,$(call sources,$(room)))
$(BUILD)/assay-client-strophe: $(call objects,$(STROPHE_SOURCES))
$(BUILD)/assay-client-native: $(call objects,$(NATIVE_SOURCES))
$(CLIENT_PROGRAMS):
	@echo 'LINK    $@'
	@$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs libstrophe libxml-2.0 openssl libomemo-c jansson libcurl libidn) -lresolv -lwslay -lm

# What real clients load, so that their adapters can speak to them (fixtures/clients/README.md). They are built without the clients, whose
# functions they find when they are loaded, and never with a sanitizer, which a client would have to be built with too.
$(BUILD)/assay-profanity.so: $(wildcard fixtures/clients/profanity/*.c)
$(BUILD)/assay-mcabber.so: $(wildcard fixtures/clients/mcabber/*.c)
$(CLIENT_PLUGINS): fixtures/clients/speak.c $(wildcard fixtures/clients/*.h fixtures/clients/*/*.h) Makefile
	@mkdir -p $(@D)
	@echo 'LINK    $@'
	@$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -fPIC -fvisibility=hidden -shared $(LDFLAGS) -o $@ $(filter %.c,$^)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo 'CC      $<'
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Tests: harness/tests/ROOM/test_NAME.c defines `Suite *suite_NAME(void)`; files without the prefix are helpers.
test_sources = $(foreach room,$(1),$(wildcard harness/tests/$(room)/*.c)) $(wildcard harness/tests/*.c)
suite_names = $(patsubst test_%.c,%,$(notdir $(filter harness/tests/%/test_%.c,$(foreach f,$(1),$(f)))))

define unit_program
$(BUILD)/unit-$(1): $(call objects,$(call test_sources,$(2))) $(foreach room,$(closure_$(1)),$(call objects,$(call sources,$(room)))) $(BUILD)/suites-$(1).o
	@echo 'LINK    $$@'
	@$$(CC) $$(SANITIZE) $$(LDFLAGS) -o $$@ $$^ $$(ALL_LIBS) $$(shell pkg-config --libs check)
$(BUILD)/suites-$(1).c: $(call test_sources,$(2)) Makefile
	@mkdir -p $$(@D)
	@{ echo '#include <check.h>'; \
	  for f in $(foreach room,$(2),$(wildcard harness/tests/$(room)/test_*.c)); do n=$$$$(basename $$$$f .c); echo "Suite *suite_$$$${n#test_}(void);"; done; \
	  echo 'Suite *(*const all_suites[])(void) = {'; \
	  for f in $(foreach room,$(2),$(wildcard harness/tests/$(room)/test_*.c)); do n=$$$$(basename $$$$f .c); echo "suite_$$$${n#test_},"; done; \
	  echo '0};'; } > $$@
$(BUILD)/suites-$(1).o: $(BUILD)/suites-$(1).c
	@$$(CC) $$(CFLAGS) $$(SANITIZE) -c -o $$@ $$<
unit-$(1): $(BUILD)/unit-$(1)
	ASSAY_DATA=$(CURDIR) $(BUILD)/unit-$(1)
endef
$(foreach room,$(ROOMS),$(eval $(call unit_program,$(room),$(room))))
closure_fuzz := $(ROOMS)
$(eval $(call unit_program,fuzz,fuzz))
closure_all := $(ROOMS)
$(eval $(call unit_program,all,$(ROOMS) fuzz))
$(BUILD)/unit-all: $(OBJECTS)

set-up: ## install what building and running against one's own server needs
	@ci/set-up build run

demo: ## install what is missing, build, run the default profile against a real Prosody, write the report
	@ci/set-up build run prosody
	@$(MAKE) all
	$(BUILD)/assay run fixture:prosody --out assay-report

# The tests run under AddressSanitizer and UBSan; those of the whole program start build/assay as a user would.
test: ## install what is missing, build, lint, and run every test (ends with Check's summary)
	@ci/set-up build run prosody ejabberd federation test oracle
	@$(MAKE) all lint
	@$(MAKE) BUILD=$(BUILD)/asan SANITIZE="$(SANITIZERS)" $(BUILD)/asan/unit-all
	ASSAY_DATA=$(CURDIR) ASSAY_BINARY=$(abspath $(BUILD)/assay) ASSAY_TESTS_AT_ONCE=$(TESTS_AT_ONCE) $(BUILD)/asan/unit-all

TESTS_AT_ONCE ?= $(shell nproc)
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=undefined
asan: ## build the program and the tests with AddressSanitizer and UBSan, and run both
	@$(MAKE) BUILD=$(BUILD)/asan SANITIZE="$(SANITIZERS)" $(BUILD)/asan/assay $(patsubst $(BUILD)/%,$(BUILD)/asan/%,$(CLIENT_PROGRAMS)) $(BUILD)/asan/unit-all
	ASSAY_DATA=$(CURDIR) ASSAY_BINARY=$(abspath $(BUILD)/asan/assay) $(BUILD)/asan/unit-all

valgrind: $(BUILD)/unit-all all ## run the tests of the rooms, and one scenario of each suite, under valgrind
	CK_FORK=no CK_EXCLUDE_TAGS="integration heavy" valgrind -q --error-exitcode=9 --leak-check=full --show-leak-kinds=definite,indirect \
	  --suppressions=ci/valgrind.supp $(BUILD)/unit-all
	ci/valgrind-run $(BUILD)/assay

# Fuzzing (docs/fuzzing.md): clang's libFuzzer, with everything but main.c built anew for it.
FUZZ_TARGETS := $(patsubst harness/tests/fuzz/fuzz_%.c,%,$(wildcard harness/tests/fuzz/fuzz_*.c))
FUZZ_SECONDS ?= 60
fuzz-build:
	@ci/set-up build fuzz
	@$(MAKE) BUILD=$(BUILD)/fuzz CC=clang-14 CFLAGS="-O1 -g -DFUZZ_ALONE -Wno-error" SANITIZE="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined" \
	  $(addprefix $(BUILD)/fuzz/fuzz_,$(FUZZ_TARGETS))
$(BUILD)/fuzz_%: $(BUILD)/harness/tests/fuzz/fuzz_%.o $(BUILD)/harness/tests/fuzz/fuzz.o $(OBJECTS)
	@echo 'LINK    $@'
	@$(CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(ALL_LIBS)
fuzz: fuzz-build ## feed each parser with what a fuzzer thinks of, FUZZ_SECONDS (60) a target
	@ci/fuzz $(BUILD)/fuzz $(FUZZ_SECONDS) $(FUZZ_TARGETS)
fuzz-smoke: ## the same for a few seconds
	@$(MAKE) fuzz FUZZ_SECONDS=5

lint: all deps ## check scenarios, includes, layout of the C code, shell scripts and job templates, and run a static analyser
	$(BUILD)/assay lint suites
	ci/check-shell
	ci/check-templates
	clang-format --dry-run --Werror $$(git ls-files '*.c' '*.h')
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --suppressions-list=ci/cppcheck.txt \
	  --error-exitcode=1 -j 2 -Iharness -D_GNU_SOURCE -DASSAY_VERSION='""' -DASSAY_SHARE='""' harness

deps: ## prove that the rooms include only what the design allows
	@ci/deps $(foreach room,$(ROOMS),"$(room):$(closure_$(room))")

bench: all ## speed of a run: checks a second, waiting, processor time of harness and server
	@ci/bench $(BUILD)/assay

ranks: ## install what is missing, and prove that several processes, also on several hosts, load a server as one
	@ci/set-up build run prosody ranks
	@$(MAKE) all
	@ci/load-ranks $(BUILD)/assay

# Of both: how many connections, and how many messages they send in a second, all together; for how many seconds they are held in
# silence, and send; how often by turns; the server; and tsung as it is installed, or tuned: with settings that make it cheaper.
CONNECTIONS ?= 500
RATE ?= 200
HOLD ?= 20
ROUNDS ?= 3
FIXTURE ?= prosody
TSUNG ?= installed
bench-load: all ## processor time of assay load and of tsung for a message and for a connection (docs/benchmarks.md; eight minutes)
	@ci/bench-load $(BUILD)/assay --connections $(CONNECTIONS) --rate $(RATE) --hold $(HOLD) --rounds $(ROUNDS) --fixture $(FIXTURE) --tsung $(TSUNG) --out $(BUILD)/bench-load.json

differential: all ## the same checks through both drivers, on both servers: verdicts must agree
	@ci/differential $(BUILD)/assay

transports: all ## the same checks over STARTTLS, direct TLS, WebSocket and BOSH, on both servers: verdicts must agree
	@ci/transports $(BUILD)/assay

compliance: all ## what the suites of XEP-0479 say of both servers beside what their makers document: differences must be explained
	@ci/compliance $(BUILD)/assay

faults: all ## the suites against a Prosody that is wrong on purpose, one fault at a time: each must be caught
	@ci/faults $(BUILD)/assay

federation: all ## what goes on between two servers, on Prosody with ejabberd, and the other way round
	@ci/set-up run prosody ejabberd federation
	@ci/federation $(BUILD)/assay $(BUILD)/federation

RUNS ?= 50
repeat: all ## everything RUNS (50) times on both servers, in random order: verdicts must stay the same
	@ci/repeat $(BUILD)/assay $(RUNS)

SHARD ?= 1/1
mutate: all ## attack each expectation of each check on Prosody, or of a part (SHARD=1/3): the checks must notice
	$(BUILD)/assay mutate fixture:prosody --profile transport --shard $(SHARD) --out $(BUILD)/mutate-transport
	$(BUILD)/assay mutate fixture:prosody --profile encryption --shard $(SHARD) --out $(BUILD)/mutate-encryption
	$(BUILD)/assay mutate fixture:prosody --peer fixture:ejabberd --check 'federation/*' --shard $(SHARD) --out $(BUILD)/mutate-federation
	$(BUILD)/assay mutate --client native --shard $(SHARD) --out $(BUILD)/mutate-clients
	$(BUILD)/assay mutate fixture:prosody --shard $(SHARD) --out $(BUILD)/mutate

newer-servers: all ## make a Debian 13 in a folder, and play everything on its servers (as root; two minutes, half a gigabyte)
	ci/newer-servers
	$(BUILD)/assay run fixture:prosody-13 --profile full --out $(BUILD)/newer/prosody-13
	$(BUILD)/assay run fixture:ejabberd-24 --profile full --out $(BUILD)/newer/ejabberd-24

client-slixmpp: all ## install slixmpp (Debian), and play the suites for clients against it
	@ci/client $(BUILD)/assay slixmpp
client-xmppjs: all ## install @xmpp/client (npm), and play the suites for clients against it
	@ci/client $(BUILD)/assay xmppjs
client-converse: all ## install converse.js (npm) and Chromium, and play the suites for clients against it
	@ci/client $(BUILD)/assay converse
# Each of these wants what no other does: installed only when asked for.
.PHONY: client-profanity client-mcabber client-gajim client-poezio
client-profanity: all ## install profanity (Debian), and play the suites for clients against it
	@ci/client $(BUILD)/assay profanity
client-mcabber: all ## install mcabber (Debian), and play the suites for clients against it
	@ci/client $(BUILD)/assay mcabber
client-gajim: all ## install gajim (Debian) and a screen that nobody sees, and play the suites for clients against it
	@ci/client $(BUILD)/assay gajim
client-poezio: all ## install poezio (Debian), and play the suites for clients against it
	@ci/client $(BUILD)/assay poezio

pages: all ## look at the pages of reports by an HTML validator and, in Chromium, by an accessibility checker
	@ci/set-up pages
	@command -v npm >/dev/null || ci/set-up node
	ci/pages/run $(BUILD)/assay

picture: ## install what is missing, and photograph reports for the README (docs/report.png, docs/bericht.png)
	@ci/set-up build run prosody picture
	@$(MAKE) all
	ASSAY_DATA=$(CURDIR) ci/picture $(BUILD)/assay docs/report.png en
	ASSAY_DATA=$(CURDIR) ci/picture $(BUILD)/assay docs/bericht.png de

comparison-picture: ## install what is missing, measure Prosody and ejabberd in turns, and draw the README's comparison (docs/comparison.png; ten minutes)
	@ci/set-up build run prosody ejabberd picture
	@$(MAKE) all
	ASSAY_DATA=$(CURDIR) ci/comparison-picture $(BUILD)/assay $(BUILD)/comparison docs/comparison.png

interop-picture: ## let all clients that are installed (or CLIENTS='A B') speak with one another on both servers, and draw the README's matrix (docs/interop.png; an hour)
	@ci/set-up build run prosody ejabberd picture
	@$(MAKE) all
	ASSAY_DATA=$(CURDIR) ci/interop-picture $(BUILD)/assay $(BUILD)/interop docs/interop.png $(CLIENTS)

fresh-machine: ## type the README's commands on an empty Debian 12 (as root; a quarter of an hour)
	ci/fresh-machine

# What `make install` puts where; a package sets the last ones otherwise.
SHARE := $(PREFIX)/share
MAN ?= $(SHARE)/man
DOCS ?= $(SHARE)/doc/assay
BASH_COMPLETIONS ?= $(SHARE)/bash-completion/completions
ZSH_COMPLETIONS ?= $(SHARE)/zsh/site-functions
FISH_COMPLETIONS ?= $(SHARE)/fish/vendor_completions.d

manual: all ## make the man pages and what shells need for completion, from what the program prints
	@rm -rf $(BUILD)/man $(BUILD)/completion
	@ASSAY_DATA=$(CURDIR) ci/manual $(BUILD)/assay $(BUILD)/man
	@mkdir -p $(BUILD)/completion
	@for shell in bash zsh fish; do ASSAY_DATA=$(CURDIR) $(BUILD)/assay completion $$shell >$(BUILD)/completion/$$shell || exit 1; done

install: manual ## install the program, its data, its manual and completion below PREFIX (default /usr/local), honouring DESTDIR
	@install -D -m 755 $(BUILD)/assay $(DESTDIR)$(PREFIX)/bin/assay
	@$(if $(PLUGINS),install -D -m 755 $(PLUGINS) $(DESTDIR)$(PREFIX)/lib/assay/assay-mpi.so,true)
	@install -D -m 755 -t $(DESTDIR)$(PREFIX)/libexec/assay $(CLIENT_PROGRAMS)
	@install -D -m 644 -t $(DESTDIR)$(PREFIX)/libexec/assay $(CLIENT_PLUGINS)
	@for folder in suites fixtures reports; do \
	  find $$folder ! -type d | while read -r file; do \
	    if [ -x "$$file" ]; then mode=755; else mode=644; fi; \
	    install -D -m $$mode "$$file" "$(DESTDIR)$(SHARE)/assay/$$file" || exit 1; \
	  done || exit 1; \
	done
	@cd ci/templates && find . -type f | while read -r file; do \
	  if [ -x "$$file" ]; then mode=755; else mode=644; fi; \
	  install -D -m $$mode "$$file" "$(DESTDIR)$(SHARE)/assay/pipelines/$$file" || exit 1; \
	done
	@cd ci/examples && find . -type f | while read -r file; do \
	  if [ -x "$$file" ]; then mode=755; else mode=644; fi; \
	  install -D -m $$mode "$$file" "$(DESTDIR)$(DOCS)/examples/$$file" || exit 1; \
	done
	@for section in 1 5; do install -D -m 644 -t $(DESTDIR)$(MAN)/man$$section $(BUILD)/man/*.$$section || exit 1; done
	@install -D -m 644 -t $(DESTDIR)$(DOCS) README.md docs/*.md docs/*.png
	@install -D -m 644 $(BUILD)/completion/bash $(DESTDIR)$(BASH_COMPLETIONS)/assay
	@install -D -m 644 $(BUILD)/completion/zsh $(DESTDIR)$(ZSH_COMPLETIONS)/_assay
	@install -D -m 644 $(BUILD)/completion/fish $(DESTDIR)$(FISH_COMPLETIONS)/assay.fish
	@echo 'INSTALL $(DESTDIR)$(PREFIX)'

# In a copy, so that nothing but the package appears in this tree.
deb: ## make a Debian package of it, build/assay_VERSION_ARCHITECTURE.deb
	@ci/set-up build deb
	@rm -rf $(BUILD)/deb && mkdir -p $(BUILD)/deb/source
	@tar -c --exclude=./.git --exclude='./build*' --exclude='./assay-*' . | tar -x -C $(BUILD)/deb/source
	@cd $(BUILD)/deb/source && env -u MAKEFLAGS -u MAKELEVEL -u BUILD dpkg-buildpackage --build=binary --no-sign >../log 2>&1 || { tail -n 30 ../log; exit 1; }
	@cp $(BUILD)/deb/assay_*.deb $(BUILD)/
	@lintian --fail-on error $(BUILD)/deb/assay_*.changes
	@ls $(BUILD)/assay_*.deb

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | sort | expand -t 16

clean: ## remove what was built
	rm -rf $(BUILD)

.PHONY: all help clean set-up demo test asan valgrind compliance fuzz fuzz-build fuzz-smoke lint deps bench bench-load ranks differential transports faults federation repeat mutate pages picture newer-servers fresh-machine manual install deb client-slixmpp client-xmppjs client-converse comparison-picture interop-picture $(addprefix unit-,$(ROOMS) fuzz all)
-include $(shell find $(BUILD) -path $(BUILD)/deb -prune -o -name '*.d' -type f -print 2>/dev/null)
