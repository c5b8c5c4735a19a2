# Shared by the entry points: one line said per step, quiet logs, their tail when something fails.
# shellcheck shell=bash

say() { printf '==> %s\n' "$*"; }

die() {
  printf 'error: %s\n' "$1" >&2
  exit "${2:-1}"
}

# run_logged LOG COMMAND...: quiet; when it fails, shows the end of the log and how to repeat it.
run_logged() {
  local log=$1 code=0
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 || code=$?
  [ $code = 0 ] && return 0
  {
    printf 'error: failed with %s; the last lines of %s:\n' "$code" "$log"
    tail -n 40 "$log" | sed 's/^/    /'
    printf 'repeat with: '
    printf '%q ' "$@"
    printf '\n'
  } >&2
  return "$code"
}

# as_root COMMAND...: directly or through sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "$1 needs root; run this as root or install sudo" 77
  fi
}
