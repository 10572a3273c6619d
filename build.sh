#!/usr/bin/env bash
# Builds CiCompliance and runs it. ./build.sh runs the main job on a quickstart; --project=DIR on a repository of yours;
# --target=Test runs every test. What is missing is installed where that may be done, else the commands to type are printed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
artifacts=$root/artifacts
mkdir -p "$artifacts/stamps"
# shellcheck source=build/prerequisites.sh
. "$root/build/prerequisites.sh"

# One build at a time in one checkout. The lock is held by this shell alone: children get no descriptor of it.
if command -v flock >/dev/null; then
  exec 9>"$artifacts/.lock"
  if ! flock -n 9; then
    say "another build is running in $root; waiting for it"
    flock 9
  fi
fi

target=Default
previous=
for argument; do
  case $argument in
    --target=*) target=${argument#*=} ;;
    *) [ "$previous" != --target ] || target=$argument ;;
  esac
  previous=$argument
done

settle_home
require_dotnet
require_programs
require_go
case ${target,,} in test | benchmark | peertests)
  # shellcheck source=build/peers.sh
  . "$root/build/peers.sh"
  get_peers
  ;;
esac

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1
app=$root/build/bin/Release/net10.0/CiCompliance.Build.dll
stamp=$artifacts/stamps/build
digest=$(build_digest)
if [ ! -f "$app" ] || [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$digest" ]; then
  rm -f "$stamp"
  say "building build/ (its output: artifacts/build.log)"
  if ! (cd "$root" && dotnet build build/CiCompliance.Build.csproj -c Release -nologo -v minimal 9>&-) >"$artifacts/build.log" 2>&1; then
    cat "$artifacts/build.log" >&2
    exit 3
  fi
  printf '%s' "$digest" >"$stamp"
fi

status=0
dotnet "$app" "$@" 9>&- || status=$?
exit "$status"
