#!/bin/sh
# Provide photobooth-app, and say where: the last line of the output is the Python that it is in.
#
# The environment has all that styleplug needs and not styleplug itself, so that every checkout can
# bring its own. It takes half a minute and 900 MB, once; it is kept in STYLEPLUG_HOSTS_DIR, by
# default /var/tmp/styleplug-hosts. Needs an index of Python packages. The argument is the Python to
# make it with, by default python3. Exit code 3, with the reason, where this can't be done.
set -eu

host="photobooth-app==9.0.0"
python=${1:-python3}
folder=${STYLEPLUG_HOSTS_DIR:-/var/tmp/styleplug-hosts}
patience=1200 # seconds for each large step; an index may hang

cannot() {
  echo "$1" >&2
  exit 3
}

found() {
  echo "$1/bin/python"
  exit 0
}

# With what builds styleplug, so that installing it needs no network.
needs=$("$python" -c '
import sys, tomllib
with open(sys.argv[1], "rb") as file:
    settings = tomllib.load(file)
project = settings["project"]
extra = project["optional-dependencies"]["cpu"]
print(*settings["build-system"]["requires"], *project["dependencies"], *extra, sep="\n")
' "$(dirname "$0")/../../../pyproject.toml") || cannot "$python is no Python 3.11 or newer"
mkdir -p "$folder" || cannot "$folder can't be made; set STYLEPLUG_HOSTS_DIR"
environment=$folder/photobooth-$(echo "$host $needs" | cksum | cut -d ' ' -f 1)
exec 9>"$folder/photobooth.lock"
flock --wait $((2 * patience)) 9 ||
  cannot "another run of this script hasn't ended ($folder/photobooth.lock)"
[ -e "$environment/.complete" ] && found "$environment"
# What a run that was killed has left.
rm -rf "$environment"
"$python" -m venv "$environment" >&2 || cannot "$python can't make an environment"
echo "$needs" >"$environment/needs.txt"
timeout "$patience" "$environment/bin/pip" install --quiet --disable-pip-version-check \
  --requirement "$environment/needs.txt" "$host" >&2 || cannot "pip has failed, or hung"
touch "$environment/.complete"
found "$environment"
