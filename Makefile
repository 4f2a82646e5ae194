# Assay. `make help` lists what can be made.
SHELL := /bin/bash
.DEFAULT_GOAL := all
BUILD ?= build
PREFIX ?= /usr/local
CC ?= gcc
VERSION := 0.1.0

PACKAGES := libxml-2.0 libxslt openssl jansson libstrophe
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wvla -Wimplicit-fallthrough -Wformat=2
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Iharness $(WARNINGS) $(CFLAGS) $(SANITIZE) \
  $(shell pkg-config --cflags $(PACKAGES)) -DASSAY_VERSION='"$(VERSION)"' -DASSAY_SHARE='"$(PREFIX)/share/assay"'
ALL_LIBS = $(shell pkg-config --libs $(PACKAGES)) -lexslt -linih

# The rooms and what each may include; `make deps` proves it (ci/deps), `make unit-ROOM` builds from it.
ROOMS := base xml net xmpp driver script target run report cmd
sources = $(wildcard harness/$(1)/*.c)
objects = $(patsubst %.c,$(BUILD)/%.o,$(1))
closure_base := base
closure_xml := xml base
closure_net := net base
closure_xmpp := xmpp net xml base
closure_driver := driver xmpp net xml base
closure_script := script xml base
closure_target := target net xml base
closure_report := report xml base
closure_run := run driver script target xmpp net xml base
closure_cmd := $(ROOMS)

SOURCES := $(foreach room,$(ROOMS),$(call sources,$(room)))
OBJECTS := $(call objects,$(SOURCES))

all: $(BUILD)/assay ## build the program, build/assay

$(BUILD)/assay: $(BUILD)/harness/main.o $(OBJECTS)
	$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Tests: harness/tests/ROOM/test_NAME.c defines `Suite *suite_NAME(void)`; files without the prefix are helpers.
test_sources = $(foreach room,$(1),$(wildcard harness/tests/$(room)/*.c)) $(wildcard harness/tests/*.c)
suite_names = $(patsubst test_%.c,%,$(notdir $(filter harness/tests/%/test_%.c,$(foreach f,$(1),$(f)))))

define unit_program
$(BUILD)/unit-$(1): $(call objects,$(call test_sources,$(2))) $(foreach room,$(closure_$(1)),$(call objects,$(call sources,$(room)))) $(BUILD)/suites-$(1).o
	$$(CC) $$(SANITIZE) $$(LDFLAGS) -o $$@ $$^ $$(ALL_LIBS) $$(shell pkg-config --libs check)
$(BUILD)/suites-$(1).c: $(call test_sources,$(2)) Makefile
	@mkdir -p $$(@D)
	@{ echo '#include <check.h>'; \
	  for f in $(foreach room,$(2),$(wildcard harness/tests/$(room)/test_*.c)); do n=$$$$(basename $$$$f .c); echo "Suite *suite_$$$${n#test_}(void);"; done; \
	  echo 'Suite *(*const all_suites[])(void) = {'; \
	  for f in $(foreach room,$(2),$(wildcard harness/tests/$(room)/test_*.c)); do n=$$$$(basename $$$$f .c); echo "suite_$$$${n#test_},"; done; \
	  echo '0};'; } > $$@
$(BUILD)/suites-$(1).o: $(BUILD)/suites-$(1).c
	$$(CC) $$(CFLAGS) $$(SANITIZE) -c -o $$@ $$<
unit-$(1): $(BUILD)/unit-$(1)
	$(BUILD)/unit-$(1)
endef
$(foreach room,$(ROOMS),$(eval $(call unit_program,$(room),$(room))))
$(eval $(call unit_program,all,$(ROOMS)))
closure_all := $(ROOMS)
$(BUILD)/unit-all: $(OBJECTS)

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | sort | expand -t 16

clean: ## remove what was built
	rm -rf $(BUILD)

.PHONY: all help clean $(addprefix unit-,$(ROOMS) all)
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
