#!/usr/bin/env bash
# Proves the environment that is baked into a build image, from inside: the image's own user, variables and go command, judged by
# `cicompliance env verify`. The image is not changed; the tool, and .NET where the tool is not a native executable, are mounted into it.
#   prove-image.sh IMAGE --project DIR --config FILE --trust FILE [--tool DIR] [--dotnet DIR]
# IMAGE is what `buildah from` takes, for example localhost/build or docker-archive:image.tar. Needs buildah and git, and root or
# `buildah unshare`. Exit codes are the tool's: 0 proved, 1 refused, 2 usage, 3 could not decide.
set -euo pipefail

say() { printf 'prove-image: %s\n' "$1" >&2; }
usage() { say "$1"; sed -n '4s/^#  *//p' "$0" >&2; exit 2; }
refuse() { say "refused: $1"; exit 1; }

[ $# -gt 0 ] || usage 'which image?'
image=$1
shift
project='' config='' trust='' tool='' dotnet=/usr/share/dotnet
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage "$1 needs a value"
  case $1 in
    --project) project=$2 ;;
    --config) config=$2 ;;
    --trust) trust=$2 ;;
    --tool) tool=$2 ;;
    --dotnet) dotnet=$2 ;;
    *) usage "unknown option $1" ;;
  esac
  shift 2
done
if [ -z "$tool" ] && program=$(command -v cicompliance); then tool=$(dirname "$(readlink -f "$program")"); fi
for program in buildah git; do command -v "$program" >/dev/null || usage "$program is missing"; done
if [ ! -d "$project" ] || [ ! -f "$config" ] || [ ! -f "$trust" ]; then usage 'give --project, --config and --trust'; fi
[ -x "$tool/cicompliance" ] || usage 'give the folder of cicompliance with --tool'
mounts=(-v "$tool:/opt/cicompliance:ro")
if [ -f "$tool/cicompliance.dll" ]; then
  [ -x "$dotnet/dotnet" ] || usage 'give the folder of dotnet with --dotnet'
  mounts+=(-v "$dotnet:/opt/dotnet:ro")
fi

container=''
work=$(mktemp -d)
cleanup() {
  [ -z "$container" ] || buildah rm "$container" >/dev/null || say "the container $container could not be removed"
  rm -rf "$work"
}
trap cleanup EXIT

# What the image says of itself. A name alone as user could be root.
container=$(buildah from --pull-never "$image") || { say 'the image cannot be opened'; exit 3; }
user=$(buildah inspect --format '{{.OCIv1.Config.User}}' "$container")
[[ $user =~ ^[1-9][0-9]*(:[1-9][0-9]*)?$ ]] || refuse "the image's user is '$user': it has to be a number other than 0, so that a cluster can see that it is not root"
settings=$(buildah inspect --format '{{range .OCIv1.Config.Env}}{{println .}}{{end}}' "$container")
while IFS= read -r setting; do
  name=${setting%%=*}
  case ${name^^} in
    *TOKEN* | *PASSWORD* | *PASSWD* | *SECRET* | *CREDENTIAL* | *PRIVATE_KEY* | GOAUTH_*) refuse "the image sets $name: a secret in an image is everybody's" ;;
  esac
  [[ ! ${setting#*=} =~ ://[^/]*@ ]] || refuse "the image sets $name to an address with a user or password in it"
done <<<"$settings"

# A copy that the image's user may read and write; nothing of the project's own folder is mounted.
git clone --quiet --no-hardlinks "$project" "$work/project"
cp "$config" "$work/compliance.yml"
cp "$trust" "$work/trust.json"
chmod 755 "$work"
owner=$user
[[ $owner == *:* ]] || owner=$user:$user
chown -R "$owner" "$work"

# A setting that is not pinned is only noted there, because a run replaces it by its own; of an image that claims to be pinned it is refused.
status=0
answer=$(buildah run --env DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 --env DOTNET_ROOT=/opt/dotnet \
  "${mounts[@]}" -v "$work:/opt/prove" "$container" -- \
  /opt/cicompliance/cicompliance env verify --project /opt/prove/project --config /opt/prove/compliance.yml --trust /opt/prove/trust.json \
  --out /opt/prove/evidence --format json) || status=$?
printf '%s\n' "$answer"
[[ $answer == '{"exitCode":'* ]] || { say 'the tool gave no answer inside the image'; exit 3; }
[ "$status" -eq 0 ] || exit "$status"
[[ $answer != *'"code":"CIC0056"'* ]] || refuse 'the image leaves settings to go that the policy pins (CIC0056 above)'
say 'proved'
