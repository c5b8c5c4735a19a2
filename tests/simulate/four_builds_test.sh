#!/usr/bin/env bash
# gcc and clang, with sanitizers and without: four builds, one history for each seed. Two of them
# are built for this alone.
# timeout: 2400
# sanitized
# full
# shellcheck source=tests/lib.sh
. tests/lib.sh

tools/same_history.sh 1-10 || fail "the histories are not the same"
