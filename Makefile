# rexpand's build. "make help" lists what it can do; what the build contains is chosen in Local/Makefile.
#
# The file has two halves. Without VARIANT it is the front door: each target sees that the packages are there and calls
# make again with a VARIANT, one set of flags with its own folder build/VARIANT. With VARIANT it is the build proper.

VERSION = 0.1.0
SONAME  = 0

PREFIX     = /usr/local
BINDIR     = $(PREFIX)/bin
LIBDIR     = $(PREFIX)/lib
INCLUDEDIR = $(PREFIX)/include
MANDIR     = $(PREFIX)/share/man
DOCDIR     = $(PREFIX)/share/doc/rexpand
MODULEDIR  = $(LIBDIR)/rexpand

FUZZ_SECONDS = 20
COMPARE_COUNT = 100000
COMPARE_SEED = $(shell date +%s)
TEST_TIMEOUT = 300

ifeq ($(origin CC),default)
CC = gcc
endif

include Local/Makefile

# White space before a comment in Local/Makefile is not part of a choice.
LINE_EDITING := $(strip $(LINE_EDITING))
CRYPTO       := $(strip $(CRYPTO))
CHOICES      := $(foreach v,$(filter LOOKUP_%,$(.VARIABLES)),$(if $(filter file override command,$(origin $v)),$v))
DRIVERS      := $(sort $(patsubst LOOKUP_%,%,$(filter-out %_PC,$(CHOICES))))
DRIVERS_ON   := $(foreach d,$(DRIVERS),$(if $(filter yes module,$(LOOKUP_$d)),$d))
DRIVERS_MOD  := $(foreach d,$(DRIVERS),$(if $(filter module,$(LOOKUP_$d)),$d))
DRIVERS_OFF  := $(filter-out $(DRIVERS_ON),$(DRIVERS))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

ifndef VARIANT
########################################################################################################################
# The front door

# The build uses all processors unless -j says otherwise.
JOBS    = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))
INNER   = $(MAKE) $(JOBS)
NORMAL  = $(INNER) VARIANT=normal

.PHONY: all run test compare bench install uninstall asan lint fuzz soak deps clean help deps-build deps-test

##all        build the command, the library and the modules (the default)
all:
	+@$(NORMAL) all

##run        see it work: a small mail system's data in a private Redis, asked through rexpand -be
run: deps-build
	+@$(NORMAL) all
	@if [ -f doc/examples/demo.sh ]; then REXPAND=$(CURDIR)/build/rexpand bash doc/examples/demo.sh; \
	else echo "make run: doc/examples/demo.sh is not here yet; try build/rexpand --help"; fi

##test       build and run all tests; TESTS=redis runs those whose path contains that word (several words or globs too)
test: deps-test
	+@$(NORMAL) test

##compare    put COMPARE_COUNT (100000) strings of series COMPARE_SEED to rexpand and exim4: they must agree
compare: deps-test
	+@$(NORMAL) all compare-program
	@build/compare $(CURDIR)/build/rexpand $(COMPARE_COUNT) $(COMPARE_SEED)

##bench      measure: rexpand, exim4 and bare hiredis side by side
bench: deps-test
	+@$(NORMAL) all bench-programs
	@if [ -f test/bench/run.sh ]; then REXPAND=$(CURDIR)/build/rexpand BENCH_DIR=$(CURDIR)/build/bench bash test/bench/run.sh; \
	else echo "make bench: test/bench/run.sh is not here yet"; fi

##fuzz       run each fuzz target for FUZZ_SECONDS (20); FUZZ=name picks one
fuzz: deps-test
	+@$(INNER) VARIANT=fuzz fuzz

##soak       run test/soak/*.sh, the tests that take long
soak: deps-test
	+@$(NORMAL) all
	@ran=; for s in test/soak/*.sh; do [ -f "$$s" ] || continue; ran=1; echo "== $$s"; \
	REXPAND=$(CURDIR)/build/rexpand bash "$$s" || exit 1; done; [ "$$ran" ] || echo "make soak: no test/soak/*.sh yet"

##asan       run all tests under AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer
asan: deps-test
	+@$(INNER) VARIANT=asan test

##lint       formatting, include order, static state, compiler warnings, cppcheck, clang-tidy
lint: deps-test
	+@$(INNER) -k VARIANT=lint lint

##install    install under PREFIX (/usr/local), below DESTDIR if given
install uninstall:
	+@$(NORMAL) $@

##uninstall  remove what install put there
##clean      remove build/
clean:
	@rm -rf build

##deps       install the Debian packages that are missing (run, test and the others do it themselves)
deps: deps-test
	@:

##help       this list
help:
	@sed -n 's/^##\([a-z]\)/  make \1/p' Makefile

# The stamps are older than dpkg's status file when packages have come or gone since, and are made again by a choice.
DEPS_ENV  = $(foreach d,$(DRIVERS),LOOKUP_$d=$(strip $(LOOKUP_$d))) LINE_EDITING=$(LINE_EDITING)
DEPS_ON   = Makefile Local/Makefile Local/deps.sh $(wildcard /var/lib/dpkg/status)
DEPS_NAME = build/deps/$(subst =,-,$(subst $(eval) ,+,$(strip $(foreach d,$(DRIVERS_OFF),no-$d) $(LINE_EDITING))))

deps-build: $(DEPS_NAME)+build
deps-test:  $(DEPS_NAME)+test

$(DEPS_NAME)+build: $(DEPS_ON)
	@$(DEPS_ENV) sh Local/deps.sh build && mkdir -p $(@D) && touch $@

$(DEPS_NAME)+test: $(DEPS_ON)
	@$(DEPS_ENV) sh Local/deps.sh build test && mkdir -p $(@D) && touch $@

# A single file: make build/normal/test/unit/test_value, make build/asan/rexpand.
build/%: FORCE
	+@$(INNER) VARIANT=$(if $(findstring /,$*),$(firstword $(subst /, ,$*)),normal) $@
FORCE:
Makefile Local/Makefile Local/deps.sh: ;

else
########################################################################################################################
# The build proper, for one VARIANT: normal, asan, lint or fuzz

B := build/$(VARIANT)

# The command and its modules are at hand in build/; those of the other variants stay in their own folders.
BIN := $(if $(filter normal,$(VARIANT)),build,$B)

V    ?=
Q    := $(if $(V),,@)
say   = $(if $(V),:,printf '  %-4s %s\n' $1 $2)

# --- what is wanted ---------------------------------------------------------------------------------------------------

$(foreach d,$(DRIVERS),$(if $(filter yes module no,$(LOOKUP_$d)),,\
  $(error LOOKUP_$d=$(LOOKUP_$d): yes, module or no is possible)))
$(if $(filter yes module no,$(LINE_EDITING)),,$(error LINE_EDITING=$(LINE_EDITING): yes, module or no is possible))
$(if $(filter yes module,$(CRYPTO)),,$(error CRYPTO=$(CRYPTO): yes or module is possible))

# NAME:name of whatever stands in lookups/, so that a file finds its choice: redis.c and redis/ belong to LOOKUP_REDIS.
PAIRS   := $(shell ls -d lookups/*.c lookups/*/ 2>/dev/null | sed -E 's|lookups/([^/.]*).*|\U\1\E:\1|' | sort -u)
lower    = $(patsubst $1:%,%,$(filter $1:%,$(PAIRS)))
OFF     := $(foreach d,$(DRIVERS_OFF),$(call lower,$d))
$(if $(PAIRS),$(foreach d,$(DRIVERS_ON),$(if $(call lower,$d),,$(error LOOKUP_$d=$(LOOKUP_$d), but there is no such driver in lookups/))))
# What calls a driver's library is lookups/NAME/library.c; that is what a module is made of.
drv_library = lookups/$(call lower,$1)/library.c
$(foreach d,$(DRIVERS_MOD),$(if $(wildcard $(call drv_library,$d)),,$(error LOOKUP_$d=module: this driver needs no library: yes or no is possible)))

# Sources are found, so that a new file needs no line here. What belongs to a driver that is off is dropped with its tests.
find     = $(sort $(shell find $1 -name '$2' -type f 2>/dev/null))
left_out = $(foreach n,$(OFF),lookups/$n.c lookups/$n/% test/$n/% test/support/$n%)
off_test = $(filter $(OFF:%=test_%.c) $(foreach n,$(OFF),test_$(n)_%),$(notdir $1))
drop_off = $(foreach f,$(filter-out $(left_out),$1),$(if $(call off_test,$f),,$f))

TERMINAL := $(wildcard expand/cli/terminal*.c)
CLI_ALL  := $(call find,expand/cli,*.c)
CLI_SRC  := $(filter-out $(if $(filter yes,$(LINE_EDITING)),,$(TERMINAL)),$(CLI_ALL))
LIB_SRC  := $(filter-out expand/cli/% expand/exim/%,$(call find,expand,*.c)) $(call drop_off,$(call find,lookups,*.c))
TERM_SRC := $(if $(filter module,$(LINE_EDITING)),$(TERMINAL))
# What includes these headers is in the module, and is called only through tables (expand/base/module.h).
CRYPTO_SRC  := $(if $(filter module,$(CRYPTO)),$(shell grep -lE '^#include <(openssl/|crypt\.h)' $(LIB_SRC)))
DRV_SRC  := $(foreach d,$(DRIVERS_MOD),$(call drv_library,$d))
MOD_SRC  := $(TERM_SRC) $(CRYPTO_SRC) $(DRV_SRC)
SUP_SRC  := $(call drop_off,$(wildcard test/support/*.c))
TEST_SRC := $(call drop_off,$(call find,test,test_*.c))
FUZZ_SRC := $(wildcard test/fuzz/fuzz_*.c)
BENCH_SRC:= $(wildcard test/bench/bench_*.c)
COMPARE_SRC := $(wildcard test/compare/*.c)

MAIN_SRC := $(filter expand/cli/main.c,$(CLI_SRC))
COMMAND  := $(if $(MAIN_SRC),$(BIN)/rexpand)
MODULES  := $(if $(TERM_SRC),$(BIN)/rexpand_terminal.so) $(if $(CRYPTO_SRC),$(BIN)/rexpand_crypto.so) \
            $(foreach d,$(DRIVERS_MOD),$(BIN)/rexpand_$(call lower,$d).so)

# --- flags ------------------------------------------------------------------------------------------------------------

COMMA    := ,
pkg       = $(if $(strip $1),$(shell pkg-config $2 $1 || echo pkg-config-failed))
pkg_cflag = $(patsubst -I%,-isystem %,$(call pkg,$1,--cflags))
# A package that is not there is said once, with the remedy.
found     = $(if $(filter pkg-config-failed,$1),$(error something is missing: make deps installs it),$1)

CRYPTO_PKGS:= libssl libcrypto libcrypt
CRYPTO_LIBS:= $(call found,$(call pkg,$(CRYPTO_PKGS),--libs))
LIB_PKGS   := libpcre2-8 $(if $(CRYPTO_SRC),,$(CRYPTO_PKGS)) libidn2 \
              $(strip $(foreach d,$(filter-out $(DRIVERS_MOD),$(DRIVERS_ON)),$(LOOKUP_$d_PC)))
DRV_PKGS   := $(strip $(foreach d,$(DRIVERS_MOD),$(LOOKUP_$d_PC)))
LIB_CFLAGS := $(call found,$(call pkg_cflag,$(LIB_PKGS) $(CRYPTO_PKGS) $(DRV_PKGS)))
LIB_LIBS   := $(call found,$(call pkg,$(LIB_PKGS),--libs)) -lm -ldl
EDIT_PKGS  := $(if $(TERMINAL),$(if $(filter no,$(LINE_EDITING)),,libedit))
EDIT_LIBS  := $(call found,$(call pkg,$(EDIT_PKGS),--libs))
EDIT_CFLAGS:= $(call pkg_cflag,$(EDIT_PKGS))
TEST_LIBS   = $(call found,$(call pkg,cmocka jansson $(CRYPTO_PKGS) $(DRV_PKGS),--libs)) -lpthread
BENCH_LIBS  = $(call found,$(call pkg,hiredis $(CRYPTO_PKGS) $(DRV_PKGS),--libs)) -lpthread

WARNINGS   := -Wall -Wextra -Wpedantic -Wconversion -Wshadow
ifneq ($(filter true 1,$(CI))$(filter 1 yes,$(WERROR))$(filter asan lint,$(VARIANT)),)
WARNINGS   += -Werror
endif

SANITIZE   := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPTIMIZE   := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
ifeq ($(VARIANT),asan)
OPTIMIZE   := -O1 -g $(SANITIZE)
else ifeq ($(VARIANT),fuzz)
override CC := clang
OPTIMIZE   := -O1 -g -fsanitize=fuzzer-no-link $(SANITIZE)
else ifeq ($(VARIANT),lint)
override CC := clang
OPTIMIZE   := -O2 -g
endif

CPPFLAGS_  := -D_GNU_SOURCE -Iexpand -I. -DREXPAND_VERSION='"$(VERSION)"' $(DRIVERS_ON:%=-DLOOKUP_%) $(DRIVERS_MOD:%=-DLOOKUP_%_MODULE) \
              $(if $(CRYPTO_SRC),,-DCRYPTO_LINKED) \
              $(LIB_CFLAGS)
CFLAGS_    := -std=c17 $(OPTIMIZE) $(WARNINGS) -fPIC -fvisibility=hidden
CLI_FLAGS  := $(if $(filter yes,$(LINE_EDITING)),-DLINE_EDITING_LINKED)$(if $(filter module,$(LINE_EDITING)),-DLINE_EDITING_MODULE) \
              $(EDIT_CFLAGS)
DIR_FLAGS  := -DREXPAND_MODULE_DIR='"$(MODULEDIR)"'
LINK_      := $(CC) $(filter -f% -g,$(OPTIMIZE)) -Wl,--as-needed -Wl,-z,relro,-z,now

# --- what a folder was made with --------------------------------------------------------------------------------------
# $(call remember,FILE,TEXT) rewrites FILE when it says something else, so that what depends on FILE is made again.

remember = $(if $(call same,$(file <$1),$2),,$(shell mkdir -p $(dir $1))$(file >$1,$2))
same     = $(and $(findstring [$(strip $1)],[$(strip $2)]),$(findstring [$(strip $2)],[$(strip $1)]))

$(call remember,$B/.compile,$(CC) $(CPPFLAGS) $(CPPFLAGS_) $(CFLAGS_) $(CFLAGS))
$(call remember,$B/.cli,$(CLI_FLAGS))
$(call remember,$B/.dir,$(DIR_FLAGS))
$(call remember,$B/.link,$(LINK_) $(LDFLAGS) $(LIB_LIBS) $(EDIT_LIBS))
$(call remember,$B/.objects,$(LIB_SRC) : $(CLI_SRC) : $(MOD_SRC) : $(SUP_SRC))

# --- objects ----------------------------------------------------------------------------------------------------------

obj       = $(patsubst %.c,$B/obj/%.o,$1)
OBJECTS  := $(call obj,$(sort $(LIB_SRC) $(CLI_SRC) $(MOD_SRC) $(SUP_SRC) $(TEST_SRC) $(FUZZ_SRC) $(BENCH_SRC) $(COMPARE_SRC)))
-include $(OBJECTS:.o=.d)

$(call obj,$(CLI_ALL)): EXTRA = $(CLI_FLAGS)
$(call obj,$(CLI_ALL)): $B/.cli
$(call obj,expand/base/module.c): EXTRA = $(DIR_FLAGS)
$(call obj,expand/base/module.c): $B/.dir

$B/obj/%.o: %.c $B/.compile
	@$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_) $(CPPFLAGS) $(CFLAGS_) $(CFLAGS) $(EXTRA) -MMD -MP -c -o $@ $<

# --- the library, the command, the modules ----------------------------------------------------------------------------

LIB_A  := $B/librexpand.a
LIB_SO := $B/librexpand.so.$(SONAME)
CLI_A  := $B/cli.a
SUP_A  := $B/support.a

define archive
	@$(call say,AR,$@)
	@rm -f $@
	$(Q)ar rcs $@ $(filter %.o,$^)
endef

$(LIB_A): $(call obj,$(filter-out $(CRYPTO_SRC) $(DRV_SRC),$(LIB_SRC))) $B/.objects
	$(archive)
$(CLI_A): $(call obj,$(filter-out $(MAIN_SRC),$(CLI_SRC))) $B/.objects
	$(archive)
$(SUP_A): $(call obj,$(SUP_SRC)) $B/.objects
	$(archive)

$(LIB_SO): $(call obj,$(filter-out $(CRYPTO_SRC) $(DRV_SRC),$(LIB_SRC))) $B/.objects $B/.link
	@$(call say,LD,$@)
	$(Q)$(LINK_) $(LDFLAGS) -shared -Wl,-soname,$(@F) -Wl,--no-undefined -o $@ $(filter %.o,$^) $(LIB_LIBS)
	@ln -sf $(@F) $B/librexpand.so

$(BIN)/rexpand: $(call obj,$(MAIN_SRC)) $(CLI_A) $(LIB_A) $B/.link
	@$(call say,LD,$@)
	$(Q)$(LINK_) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(if $(filter yes,$(LINE_EDITING)),$(EDIT_LIBS)) $(LIB_LIBS)

# A module has its own copy of what it needs of the library, so that it fits any program that has the library in it.
$(BIN)/rexpand_terminal.so: $(call obj,$(TERM_SRC)) $B/.objects $B/.link
	$(link_module) $(EDIT_LIBS)
$(BIN)/rexpand_crypto.so: $(call obj,$(CRYPTO_SRC)) $(LIB_A) $B/.objects $B/.link
	$(link_module) $(CRYPTO_LIBS)


# rexpand_NAME.so of a driver, with the libraries of LOOKUP_NAME_PC.
define driver_module
$(BIN)/rexpand_$(call lower,$1).so: $(call obj,$(call drv_library,$1)) $(LIB_A) $B/.objects $B/.link
	$$(link_module) $$(call found,$$(call pkg,$$(LOOKUP_$1_PC),--libs))
endef
$(foreach d,$(DRIVERS_MOD),$(eval $(call driver_module,$d)))

define link_module
	@$(call say,LD,$@)
	$(Q)$(LINK_) $(LDFLAGS) -shared -Wl,-soname,$(@F) -Wl,-z,nodelete $(if $(filter normal,$(VARIANT)),-Wl$(COMMA)--no-undefined) \
	    -o $@ $(filter %.o %.a,$^)
endef

.PHONY: all
all: $(LIB_A) $(COMMAND) $(MODULES) $(if $(LIB_SRC),$(if $(filter normal,$(VARIANT)),$(LIB_SO)))
	@rm -f $(filter-out $(MODULES),$(wildcard $(BIN)/*.so))
	$(if $(and $(filter normal,$(VARIANT)),$(strip $(MODULES))),@ln -sf $(MODULES:build/%=../%) $B/)

# A program elsewhere in build/ has the modules beside it all the same.
modules_beside = $(if $(strip $(MODULES)),@ln -sf $(MODULES:%=$(CURDIR)/%) $(@D)/)

# --- tests ------------------------------------------------------------------------------------------------------------

TESTS    =
TEST_BIN := $(TEST_SRC:%.c=$B/%)
# A word of TESTS matches anywhere in the path; one with a * in it the whole path below test/, or the name.
fits      = $(findstring $1,$2)$(filter $(subst *,%,$1),$2 $(notdir $2))
PICKED   := $(if $(strip $(TESTS)),$(foreach t,$(TEST_BIN),$(if $(strip $(foreach w,$(TESTS),$(call fits,$w,$(t:$B/test/%=%)))),$t)),$(TEST_BIN))
# Programs whose source has gone.
OLD_TEST := $(filter-out $(TEST_BIN),$(patsubst $B/obj/%.o,$B/%,$(shell find $B/obj/test -name 'test_*.o' 2>/dev/null)))

$(TEST_BIN): $B/%: $B/obj/%.o $(SUP_A) $(CLI_A) $(LIB_A) $B/.link
	@$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK_) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(if $(filter yes,$(LINE_EDITING)),$(EDIT_LIBS)) $(LIB_LIBS) $(TEST_LIBS)
	$(modules_beside)

.PHONY: test test-programs
test-programs: all $(PICKED)

test: test-programs
	@rm -f $(OLD_TEST)
	@REXPAND=$(CURDIR)/$(BIN)/rexpand TEST_TIMEOUT=$(TEST_TIMEOUT) bash test/run.sh $B $(PICKED)

# --- bench ------------------------------------------------------------------------------------------------------------

BENCH_BIN := $(BENCH_SRC:test/bench/%.c=build/bench/%)

$(BENCH_BIN): build/bench/%: $B/obj/test/bench/%.o $(LIB_A) $B/.link
	@$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK_) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LIB_LIBS) $(BENCH_LIBS)
	$(modules_beside)

.PHONY: bench-programs
bench-programs: $(MODULES) $(BENCH_BIN)
	@:

# --- compare ----------------------------------------------------------------------------------------------------------

$(BIN)/compare: $(call obj,$(COMPARE_SRC)) $(SUP_A) $(CLI_A) $(LIB_A) $B/.link
	@$(call say,LD,$@)
	$(Q)$(LINK_) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(if $(filter yes,$(LINE_EDITING)),$(EDIT_LIBS)) $(LIB_LIBS) $(TEST_LIBS)

.PHONY: compare-program
compare-program: $(BIN)/compare
	@:

# --- fuzz -------------------------------------------------------------------------------------------------------------

FUZZ      =
FUZZ_BIN := $(FUZZ_SRC:test/fuzz/fuzz_%.c=$B/bin/%)
FUZZ_RUN := $(if $(FUZZ),$(filter $(FUZZ:%=$B/bin/%),$(FUZZ_BIN)),$(FUZZ_BIN))

$(FUZZ_BIN): $B/bin/%: $B/obj/test/fuzz/fuzz_%.o $(SUP_A) $(CLI_A) $(LIB_A) $B/.link
	@$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK_) -fsanitize=fuzzer $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LIB_LIBS) $(TEST_LIBS)
	$(modules_beside)

.PHONY: fuzz
fuzz: $(MODULES) $(FUZZ_RUN)
	@$(if $(FUZZ_RUN),bash test/fuzz/run.sh $(FUZZ_SECONDS) $(FUZZ_RUN),echo "make fuzz: no fuzz target$(if $(FUZZ), of that name) in test/fuzz/ yet")

# --- lint -------------------------------------------------------------------------------------------------------------

C_FILES  := $(sort $(shell find expand lookups test doc -name '*.[ch]' -type f 2>/dev/null))
ALL_SRC  := $(sort $(LIB_SRC) $(CLI_SRC) $(MOD_SRC) $(SUP_SRC) $(TEST_SRC) $(FUZZ_SRC) $(BENCH_SRC) $(COMPARE_SRC))
# clang-tidy has read a file when its stamp is younger than its object, which the .d file keeps younger than its headers.
TIDIED   := $(ALL_SRC:%.c=$B/tidy/%.ok)

CPPCHECK := cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
            --suppress=missingInclude --suppress=missingIncludeSystem --suppress=unknownMacro \
            --suppressions-list=test/lint/cppcheck.txt --cppcheck-build-dir=$B/cppcheck \
            -D_GNU_SOURCE $(DRIVERS_ON:%=-DLOOKUP_%) $(DRIVERS_MOD:%=-DLOOKUP_%_MODULE) -Iexpand -I.

.PHONY: lint lint-format lint-includes lint-state lint-compile lint-cppcheck
lint: lint-format lint-includes lint-state lint-compile lint-cppcheck $(TIDIED)
	@echo "lint: clean"

lint-format:
	@$(call say,FMT,'$(words $(C_FILES)) files')
	$(Q)$(if $(C_FILES),clang-format --dry-run -Werror $(C_FILES),:)

lint-includes:
	@$(call say,INC,'who includes whom')
	$(Q)bash test/lint/includes.sh .

lint-state: $(call obj,$(LIB_SRC))
	@$(call say,NM,'no writable static state in the library')
	$(Q)bash test/lint/state.sh $^

lint-compile: $(call obj,$(ALL_SRC))

lint-cppcheck:
	@$(call say,CPP,'cppcheck')
	@mkdir -p $B/cppcheck
	$(Q)$(if $(ALL_SRC),$(CPPCHECK) $(ALL_SRC),:)

$(TIDIED): $B/tidy/%.ok: $B/obj/%.o .clang-tidy
	@$(call say,TIDY,$*.c)
	@mkdir -p $(@D)
	$(Q)clang-tidy --quiet $*.c -- $(CPPFLAGS_) -std=c17 $(WARNINGS:-Werror=) $(CLI_FLAGS) $(DIR_FLAGS) \
	    >$@.log 2>&1 || { cat $@.log; exit 1; }
	@touch $@

# --- install ----------------------------------------------------------------------------------------------------------

D         = $(DESTDIR)
MANPAGES := $(wildcard doc/*.1 doc/*.3 doc/*.5 doc/*.7)
man_dir   = $(D)$(MANDIR)/man$(patsubst .%,%,$(suffix $1))

define PC
prefix=$(PREFIX)
libdir=$(patsubst $(PREFIX)/%,$${prefix}/%,$(LIBDIR))
includedir=$(patsubst $(PREFIX)/%,$${prefix}/%,$(INCLUDEDIR))

Name: rexpand
Description: Exim's string-expansion language, with lookups
Version: $(VERSION)
Libs: -L$${libdir} -lrexpand
Libs.private: -lm -ldl
Requires.private: $(LIB_PKGS)
Cflags: -I$${includedir}
endef

.PHONY: install uninstall
install: all
	$(call remember,$B/rexpand.pc,$(PC))
	install -d $(D)$(BINDIR) $(D)$(LIBDIR)/pkgconfig $(D)$(INCLUDEDIR)/rexpand
	install -m 755 $(COMMAND) $(D)$(BINDIR)/rexpand
	install -m 644 $(LIB_A) $(LIB_SO) $(D)$(LIBDIR)/
	ln -sf $(notdir $(LIB_SO)) $(D)$(LIBDIR)/librexpand.so
	install -m 644 expand/rexpand.h $(D)$(INCLUDEDIR)/rexpand/
	install -m 644 $B/rexpand.pc $(D)$(LIBDIR)/pkgconfig/
	$(if $(strip $(MODULES)),install -d $(D)$(MODULEDIR) && install -m 644 $(MODULES) $(D)$(MODULEDIR)/)
	$(foreach m,$(MANPAGES),install -d $(call man_dir,$m) && install -m 644 $m $(call man_dir,$m)/ &&) :
	$(if $(wildcard doc/examples),install -d $(D)$(DOCDIR) && cp -R doc/examples $(D)$(DOCDIR)/)
	$(if $(D),,[ "$$(id -u)" != 0 ] || ldconfig)

uninstall:
	rm -f $(D)$(BINDIR)/rexpand $(addprefix $(D)$(LIBDIR)/,librexpand.a librexpand.so $(notdir $(LIB_SO)) pkgconfig/rexpand.pc)
	rm -f $(foreach m,$(MANPAGES),$(call man_dir,$m)/$(notdir $m))
	rm -rf $(D)$(INCLUDEDIR)/rexpand $(D)$(MODULEDIR) $(D)$(DOCDIR)
	$(if $(D),,[ "$$(id -u)" != 0 ] || ldconfig)

Makefile Local/Makefile: ;
endif
