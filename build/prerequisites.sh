# shellcheck shell=bash disable=SC2154 # $root and $artifacts are build.sh's
# What ./build.sh needs besides git and the .NET SDK. Sourced by build.sh.

say() { printf 'build.sh: %s\n' "$*" >&2; }

# Stops with exit code 2. Arguments: what is missing, then the commands to type, one each.
stop() {
  say "$1"
  shift
  if [ $# -gt 0 ]; then
    say "type these commands, then run it again:"
    printf '  %s\n' "$@" >&2
  fi
  exit 2
}

is_root() { [ "$(id -u)" -eq 0 ]; }
has_apt() { command -v apt-get >/dev/null && command -v dpkg >/dev/null; }

# Without a home folder of their own neither NuGet nor Go nor gpg can work: they get one under artifacts/.
settle_home() {
  if [ -z "${HOME:-}" ] || [ ! -d "$HOME" ] || [ ! -w "$HOME" ]; then
    export HOME=$artifacts/home
    mkdir -p "$HOME"
  fi
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/cicompliance
  if ! mkdir -p "$cache" 2>/dev/null || [ ! -w "$cache" ]; then
    cache=$artifacts/cache
    mkdir -p "$cache"
  fi
}

require_dotnet() {
  local band
  band=$(sed -n 's/.*"version": *"\([0-9]*\.[0-9]*\).*/\1/p' "$root/global.json")
  if command -v dotnet >/dev/null && (cd "$root" && dotnet --version 9>&-) >/dev/null 2>&1; then
    return
  fi
  stop "the .NET SDK $band is missing (global.json asks for it)" \
    "# Ubuntu 24.04 and later:" \
    "apt-get update && apt-get install -y dotnet-sdk-$band" \
    "# Debian 12:" \
    "wget https://packages.microsoft.com/config/debian/12/packages-microsoft-prod.deb && dpkg -i packages-microsoft-prod.deb" \
    "apt-get update && apt-get install -y dotnet-sdk-$band"
}

has_c_compiler() { command -v gcc >/dev/null && [ -e /usr/include/stdio.h ]; }

# The packages whose parts are missing, one a line.
missing_packages() {
  command -v git >/dev/null || echo git
  command -v gpg >/dev/null || echo gnupg
  command -v ssh-keygen >/dev/null || echo openssh-client
  command -v gpgsm >/dev/null || echo gpgsm
  command -v openssl >/dev/null || echo openssl
  has_c_compiler || printf '%s\n' gcc libc6-dev
  [ -e /etc/ssl/certs/ca-certificates.crt ] || [ -e /etc/pki/tls/certs/ca-bundle.crt ] || echo ca-certificates
}

require_programs() {
  local packages
  packages=$(missing_packages | tr '\n' ' ')
  packages=${packages% }
  [ -n "$packages" ] || return 0
  has_apt || stop "missing: $packages (names as on Debian). Install them with this system's package manager"
  if ! is_root; then
    stop "missing: $packages" \
      "sudo apt-get update" \
      "sudo apt-get install -y --no-install-recommends $packages"
  fi
  say "installing $packages"
  update_package_lists
  # shellcheck disable=SC2086 # one argument a package
  install_packages $packages
}

# Tries three times: mirrors fail now and then.
retry() {
  local attempt
  for attempt in 1 2 3; do
    "$@" && return 0
    [ "$attempt" -eq 3 ] || sleep $((attempt * 3))
  done
  return 1
}

update_package_lists() {
  [ -z "${lists_updated:-}" ] || return 0
  retry apt-get update -qq 9>&- >&2 || stop "apt-get update failed; what it printed stands above" "apt-get update"
  lists_updated=1
}

install_packages() {
  retry env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" 9>&- >&2 ||
    stop "apt-get could not install $*" "apt-get update" "apt-get install -y --no-install-recommends $*"
}

# minor VERSION-TEXT: the N of go1.N, or 0
go_minor() { "$1" version 2>/dev/null | sed -n 's/^go version go1\.\([0-9]*\).*/\1/p' | grep . || echo 0; }

# Go 1.23 or later: on PATH, in the cache, out of the system's packages, out of the backports suite. Go 1.19 or later will do.
require_go() {
  local go minor
  export GOTOOLCHAIN=local
  if go=$(command -v go) && [ "$(go_minor "$go")" -ge 23 ]; then return; fi
  for go in "$cache"/go1.*/bin/go; do
    if [ -x "$go" ] && [ "$(go_minor "$go")" -ge 23 ]; then use_go "$go"; return; fi
  done
  if has_apt && go=$(get_go_from_packages); then use_go "$go"; return; fi
  if go=$(command -v go) && minor=$(go_minor "$go") && [ "$minor" -ge 19 ]; then
    say "Go 1.23 or later could not be had; going on with Go 1.$minor"
    return
  fi
  if has_apt && is_root; then
    say "installing golang-go"
    update_package_lists
    install_packages golang-go
    [ "$(go_minor /usr/bin/go)" -ge 19 ] && return
  fi
  stop "Go is missing: 1.23 or later (1.19 at least)" \
    "sudo apt-get update" \
    "sudo apt-get install -y --no-install-recommends golang-go"
}

use_go() { PATH=$(dirname "$1"):$PATH; export PATH; }

# Unpacks the newest golang-1.N-go (N >= 23) of the machine's own suite or its backports; prints the path of go.
get_go_from_packages() {
  # shellcheck source=build/packages.sh
  . "$root/build/packages.sh"
  local codename suite minor
  codename=$(suite_name)
  [ -n "$codename" ] || return 1
  for suite in "$codename" "$codename-updates" "$codename-backports"; do
    open_suite "$suite" || continue
    minor=$(newest_go_minor)
    if [ "${minor:-0}" -ge 23 ]; then
      say "getting Go 1.$minor from $suite"
      unpack_go "$suite" "1.$minor" && return
    fi
  done
  return 1
}

newest_go_minor() { suite_packages golang-1. | sed -n 's/^golang-1\.\([0-9]*\)-go$/\1/p' | sort -n | tail -n 1; }

# A digest over everything that the build application is made from.
build_digest() {
  (
    cd "$root" || exit
    {
      find build src tests/CiCompliance.Testing Directory.Build.props Directory.Packages.props global.json \
        \( -name bin -o -name obj \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
      readlink -f "$(command -v dotnet)"
      ls "$(dirname "$(readlink -f "$(command -v dotnet)")")/sdk"
    } | sha256sum | cut -d' ' -f1
  )
}
