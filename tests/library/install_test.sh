#!/usr/bin/env bash
# tickwitness::telemetry, installed, is found and used by a program that knows nothing of this tree,
# and brings nothing along but the C++ runtime; what its guide shows compiles.
# timeout: 600
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

: "${TW_BUILD_DIR:?is the build folder of the product}"
guide=docs/telemetry-library.md
warnings="-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Werror"

logged() { # COMMAND...: its output only when it fails
  "$@" >"$scratch/log" 2>&1 || fail "$*: $(tail -n 40 "$scratch/log")"
}

install_library() { # BUILD PREFIX
  logged cmake --install "$1" --component telemetry --prefix "$2"
  (cd "$2" && find . -type f ! -name '*.h' | sed 's/Telemetry-[a-z]*/Telemetry-TYPE/' | sort) \
    >"$scratch/installed"
  diff -u - "$scratch/installed" <<END || fail "$2 holds other files"
./lib/cmake/tickwitness/tickwitnessConfig.cmake
./lib/cmake/tickwitness/tickwitnessConfigVersion.cmake
./lib/cmake/tickwitness/tickwitnessTelemetry-TYPE.cmake
./lib/cmake/tickwitness/tickwitnessTelemetry.cmake
./lib/libtickwitness_telemetry.a
END
  expect_equal "everything is in one folder" tickwitness "$(ls "$2/include")"
  needs_nothing_of_ours "$2/lib/libtickwitness_telemetry.a"
}

# The linker takes from the archive only what the example uses; this is about all of it.
needs_nothing_of_ours() { # ARCHIVE
  nm --defined-only "$1" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u >"$scratch/defined"
  nm --undefined-only "$1" 2>/dev/null | awk 'NF == 2 { print $2 }' | sort -u >"$scratch/undefined"
  grep -q tickwitness "$scratch/defined" || fail "$1 defines nothing"
  comm -13 "$scratch/defined" "$scratch/undefined" | c++filt >"$scratch/needed"
  expect_contains "$1 needs the runtime" pthread_atfork "$scratch/needed"
  if grep -E 'tickwitness|fmt::|boost|YAML|SSL_|simdjson|ZSTD' "$scratch/needed"; then
    fail "$1 needs that"
  fi
}

# How a user builds it: no preset, no toolchain, only where to look.
example() { # NAME PREFIX OPTION...
  local build=$scratch/$1 prefix=$2
  shift 2
  logged cmake -S examples/telemetry -B "$build" -DCMAKE_PREFIX_PATH="$prefix" "$@"
  logged cmake --build "$build"
  "$build/telemetry_example" >"$scratch/printed" || fail "$build: exit code $?"
  diff -u - "$scratch/printed" <<'END' || fail "$build printed something else"
# HELP requests_total Answered.
# TYPE requests_total counter
requests_total{method="GET",code="200"} 3
requests_total{method="POST",code="503"} 1
# HELP queue_length Requests that wait.
# TYPE queue_length gauge
queue_length 2
# HELP request_seconds Until answered.
# TYPE request_seconds histogram
request_seconds_bucket{le="0.001"} 1
request_seconds_bucket{le="0.01"} 2
request_seconds_bucket{le="+Inf"} 3
request_seconds_sum 0.0284
request_seconds_count 3
END
  ldd "$build/telemetry_example" | awk '{ print $1 }' >"$scratch/linked"
  expect_contains "ldd" libc.so "$scratch/linked"
  if grep -vE '(linux-vdso|libstdc\+\+|libm|libgcc_s|libc|libpthread|ld-linux[^/]*)\.so' "$scratch/linked"; then
    fail "$build needs that"
  fi
}

export CXX=g++ CMAKE_GENERATOR=Ninja  # make need not be there
unset CXXFLAGS LDFLAGS CMAKE_PREFIX_PATH
install_library "$TW_BUILD_DIR" "$scratch/prefix"
example plain "$scratch/prefix"
# As headers of the program's own, under its own warnings.
strict=(-DCMAKE_NO_SYSTEM_FROM_IMPORTED=ON -DCMAKE_CXX_FLAGS="-O2 $warnings")
example gcc20 "$scratch/prefix" "${strict[@]}" -DCMAKE_CXX_STANDARD=20
example gcc23 "$scratch/prefix" "${strict[@]}" -DCMAKE_CXX_STANDARD=23

# Alone, without the product and what that needs.
if command -v clang++-19 >/dev/null; then export CXX=clang++-19; fi
logged cmake -S . -B "$scratch/library" -DTW_TELEMETRY_ONLY=ON -DCMAKE_BUILD_TYPE=Release
if grep -E '^(OPENSSL|fmt|yaml-cpp|CLI11|ZLIB|GTest)_' "$scratch/library/CMakeCache.txt"; then
  fail "the library alone looked for that"
fi
logged cmake --build "$scratch/library" -j2
install_library "$scratch/library" "$scratch/library_prefix"
example alone "$scratch/library_prefix" "${strict[@]}"

# The guide: its first program is the example, the other pieces are compiled.
awk '/^```/ { inside = $0 == "```cpp"; blocks += inside; next } inside && blocks == 1' "$guide" |
  diff -u examples/telemetry/main.cc - || fail "$guide shows another example"
{
  echo '#include <tickwitness/telemetry.h>'
  awk '/^```/ { inside = $0 == "```cpp"; blocks += inside; next } inside && blocks > 1' "$guide"
} >"$scratch/guide.cc"
expect_contains "the guide's pieces" core::Exposition "$scratch/guide.cc"
# shellcheck disable=SC2086 # a list
logged g++ -std=c++20 $warnings -fsyntax-only -I "$scratch/prefix/include" "$scratch/guide.cc"
