# shellcheck shell=bash disable=SC2154 # $cache is set by prerequisites.sh
# Takes packages of another suite from the machine's own mirror without installing them: an apt configuration of its own, so the
# machine's lists stay as they are, and apt checks the signatures as always. Sourced by prerequisites.sh and peers.sh.

etc=/etc
os_release() { sed -n "s/^$1=//p" "$etc/os-release" 2>/dev/null | tr -d '"'; }
suite_name() { os_release VERSION_CODENAME; }
components() { if [ "$(os_release ID)" = ubuntu ]; then echo main universe; else echo main; fi; }

# Prints the machine's own apt source for its main suite with another suite in its place; the file's form is kept.
# Deb822: the first enabled stanza with that suite. One-line: the first such deb line.
source_for_suite() {
  local suite=$1 own components file
  own=$(suite_name)
  components=$(components)
  for file in "$etc"/apt/sources.list.d/*.sources; do
    [ -f "$file" ] || continue
    awk -v own="$own" -v suite="$suite" -v components="$components" '
      BEGIN { RS = ""; FS = "\n" }
      {
        found = 0; off = 0; field = ""; out = ""
        for (i = 1; i <= NF; i++) {
          if ($i ~ /^#/) continue
          if ($i !~ /^[ \t]/) { field = tolower($i); sub(/:.*/, "", field) }
          line = $i
          if (field == "suites") {
            n = split(line, words, /[ \t:]+/)
            for (w = 1; w <= n; w++) if (words[w] == own) found = 1
            continue
          }
          if (field == "types") { if (line !~ /(^|[ \t:])deb([ \t]|$)/) off = 1; line = "Types: deb" }
          if (field == "components") { if ($i ~ /^[ \t]/) continue; line = "Components: " components }
          if (field == "enabled" && line ~ /no|false|0/) off = 1
          out = out line "\n"
        }
        if (found && !off) { printf "%sSuites: %s\n", out, suite; exit }
      }' "$file" | grep . && echo sources >"$apt/form" && return 0
  done
  for file in "$etc"/apt/sources.list "$etc"/apt/sources.list.d/*.list; do
    [ -f "$file" ] || continue
    awk -v own="$own" -v suite="$suite" -v components="$components" '
      $1 == "deb" {
        at = 2
        if ($2 ~ /^\[/) { while ($at !~ /\]$/ && at < NF) at++; at++ }
        if ($(at + 1) == own && $at !~ /^cdrom:/) {
          line = "deb"
          for (i = 2; i <= at; i++) line = line " " $i
          print line, suite, components
          exit
        }
      }' "$file" | grep . && echo list >"$apt/form" && return 0
  done
  return 1
}

suite_apt() {
  "$1" -o Dir::Etc::sourcelist="$apt/own.$(cat "$apt/form")" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
    -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" -o Dir::Cache::pkgcache="" -o Dir::Cache::srcpkgcache="" \
    -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Get::List-Cleanup=false "${@:2}" 9>&-
}

# Fetches the package list of a suite; a failure means that the mirror has no such suite, or can't be reached.
open_suite() {
  apt=$cache/apt-$1
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  source_for_suite "$1" >"$apt/own" || return 1
  mv "$apt/own" "$apt/own.$(cat "$apt/form")"
  retry fetch_list
}

# apt-get update ends well when a list could not be had and an older one serves; here that is a failure.
fetch_list() {
  suite_apt apt-get update -qq >"$apt/update.log" 2>&1 && ! grep -qE '^(E|W: Failed)' "$apt/update.log"
}

suite_packages() { suite_apt apt-cache pkgnames "$1" 2>/dev/null; }

# unpack_packages FOLDER PACKAGE...: downloads, checks and unpacks packages of the opened suite; the folder appears whole or not at all.
unpack_packages() {
  local folder=$1 work package
  shift
  work=$(mktemp -d "$cache/unpack.XXXXXX")
  if (cd "$work" && retry suite_apt apt-get download -qq "$@" >"$apt/download.log" 2>&1); then
    mkdir "$work/root"
    for package in "$work"/*.deb; do
      dpkg -x "$package" "$work/root" || { rm -rf "$work"; return 1; }
    done
    chmod 755 "$work/root"
    rm -rf "$folder"
    mv "$work/root" "$folder"
    rm -rf "$work"
    return 0
  fi
  rm -rf "$work"
  return 1
}

# unpack_go SUITE 1.N: into <cache>/go1.N; prints the path of go.
unpack_go() {
  local folder=$cache/go$2
  if [ ! -x "$folder/bin/go" ]; then
    unpack_packages "$folder" "golang-$2-go" "golang-$2-src" || return 1
    ln -s "usr/lib/go-$2/bin" "$folder/bin"
  fi
  echo "$folder/bin/go"
}
