#!/usr/bin/env bash
# Builds every rival of the telemetry core into build/rivals/, each with the flags that its own
# users take. Needs the group `rivals` of tools/install.sh.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top"
# shellcheck source=tools/say.sh
. tools/say.sh

out=$top/build/rivals
mkdir -p "$out"

# Debian's libraries are sources below GOPATH; no module is fetched.
say "rivals: Go"
run_logged build/logs/rivals-go.log env GO111MODULE=off GOFLAGS='' GOPATH=/usr/share/gocode \
  GOCACHE="$out/go-cache" /usr/bin/go build -o "$out/go_bench" ./bench/rivals/go

# Debian's crates replace the registry, and its own cargo and rustc are named by their paths: others
# may come first in PATH. A copy is built, for cargo writes a lock file beside Cargo.toml.
say "rivals: Rust"
rm -rf "$out/rust"
cp -rp bench/rivals/rust "$out/rust"
(
  cd "$out/rust"
  run_logged "$top/build/logs/rivals-rust.log" env CARGO_HOME="$out/cargo-home" \
    CARGO_TARGET_DIR="$out/rust-target" RUSTC=/usr/bin/rustc /usr/bin/cargo build --release \
    --offline --config 'source.crates-io.replace-with="debian"' \
    --config 'source.debian.directory="/usr/share/cargo/registry"'
)
cp "$out/rust-target/release/rust_bench" "$out/rust_bench"

bench/rivals/npm/install.sh

say "rivals: C++"
tools/build.sh release core_bench
