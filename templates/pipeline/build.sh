#!/usr/bin/env bash
# Builds this repository's programs and the proof of how they came about. Options are those of `cicompliance run` and --target=TASK; relative
# paths begin at this folder. Exit codes: 0 compliant, 1 not compliant, 2 usage or a missing prerequisite, 3 could not decide, 130 cancelled.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

for program in dotnet git go; do
  if ! command -v "$program" >/dev/null; then
    printf 'build.sh: %s is missing. Needed: git, Go 1.19 or later, the .NET SDK 10\n' "$program" >&2
    exit 2
  fi
done

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet tool restore >&2 || exit 2
dotnet build build -c Release -nologo -v quiet -clp:NoSummary >&2 || exit 3
exec dotnet build/bin/Release/net10.0/Build.dll "$@"
