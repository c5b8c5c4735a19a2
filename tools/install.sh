#!/usr/bin/env bash
# Installs what a group needs on a bare Debian 12, and says in one line what it does. Asks apt for
# nothing when all is there. Reasons for each package: docs/dependencies.md.
#   tools/install.sh product|tests|bench|rivals [more groups]
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tools/say.sh
. "$top/tools/say.sh"

# shellcheck disable=SC2034  # the groups are read by their names
product="ca-certificates g++ cmake ninja-build ccache pkg-config
  libboost1.81-dev libssl-dev libfmt-dev libyaml-cpp-dev libcli11-dev libsimdjson-dev
  libzstd-dev zlib1g-dev libsqlite3-dev libpq-dev
  nodejs npm"
# shellcheck disable=SC2034
tests="clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev
  libgtest-dev libgmock-dev librapidcheck-dev
  shellcheck curl openssl procps zstd chromium fonts-dejavu-core prometheus prometheus-cpp-dev
  postgresql-15 redis-server sqlite3"
# shellcheck disable=SC2034
bench="libbenchmark-dev curl procps chromium postgresql-15"
# shellcheck disable=SC2034
rivals="prometheus-cpp-dev golang-go golang-github-prometheus-client-golang-dev
  golang-github-victoriametrics-metrics-dev cargo rustc librust-prometheus-dev
  librust-prometheus+protobuf-dev python3-prometheus-client"

# Packages whose programs may have come from elsewhere, so that dpkg does not know them.
present_otherwise() {
  case $1 in
    npm) command -v npm >/dev/null ;;
    *) return 1 ;;
  esac
}

missing_of() {
  local installed name
  installed=$(dpkg-query -W -f '${binary:Package} ${db:Status-Status}\n' 2>/dev/null |
    awk '$2 == "installed" { sub(/:.*/, "", $1); print $1 }' | sort -u)
  for name in "$@"; do
    grep -qxF "$name" <<<"$installed" || present_otherwise "$name" || printf '%s ' "$name"
  done
}

# Servers are installed for the tests to start on free ports of their own; none may start by
# itself, and services that run already are not restarted.
deny=/usr/sbin/policy-rc.d
denied_by_us=0
deny_startup() {
  [ -e $deny ] && return 0
  printf '#!/bin/sh\nexit 101\n' | as_root tee $deny >/dev/null
  as_root chmod 755 $deny
  denied_by_us=1
}
allow_startup() { if [ $denied_by_us = 1 ]; then as_root rm -f $deny; fi; }

# A server that we brought does not start with the machine either.
disable_at_boot() { # PACKAGE SERVICE
  [ -d /run/systemd/system ] || return 0
  case " ${missing[*]} " in
    *" $1 "*) as_root systemctl --quiet disable "$2" ;;
  esac
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
    apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"
}

[ $# -gt 0 ] || die "name at least one group: product, tests, bench or rivals" 64
wanted=()
for group in "$@"; do
  case $group in
    product | tests | bench | rivals)
      read -r -d '' -a names <<<"${!group}" || true
      wanted+=("${names[@]}")
      ;;
    *) die "there is no group '$group': product, tests, bench or rivals" 64 ;;
  esac
done

read -r -a missing <<<"$(missing_of "${wanted[@]}")"
if [ ${#missing[@]} = 0 ]; then
  say "packages: all ${#wanted[@]} are there"
  exit 0
fi
command -v apt-get >/dev/null ||
  die "no apt-get here (this is made for Debian 12); missing: ${missing[*]}" 69
say "packages: apt installs ${missing[*]}"
log=$top/build/logs/install.log
trap allow_startup EXIT
deny_startup
run_logged "$log" apt update -qq
run_logged "$log" apt install -qq --yes --no-install-recommends "${missing[@]}"
disable_at_boot prometheus prometheus
disable_at_boot postgresql-15 postgresql
disable_at_boot redis-server redis-server
say "packages: done"
