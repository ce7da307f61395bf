#!/bin/sh
# Provide axe-core, which examines pages for what keeps people out, and say where: the last line of
# the output is the script that runs in a page.
#
# It takes seconds and 4 MB, once; it is kept in STYLEPLUG_HOSTS_DIR, by default
# /var/tmp/styleplug-hosts. Needs npm, which holds what comes to the hash in package-lock.json.
# Exit code 3, with the reason, where this can't be done.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
folder=${STYLEPLUG_HOSTS_DIR:-/var/tmp/styleplug-hosts}
patience=300 # seconds; a registry may hang

cannot() {
  echo "$1" >&2
  exit 3
}

command -v npm >/dev/null || cannot "there is no npm; on Debian and Ubuntu: sudo apt install npm"
mkdir -p "$folder" || cannot "$folder can't be made; set STYLEPLUG_HOSTS_DIR"
environment=$folder/axe-$(cksum <"$here/package-lock.json" | cut -d ' ' -f 1)
script=$environment/node_modules/axe-core/axe.min.js
exec 9>"$folder/axe.lock"
flock --wait $((2 * patience)) 9 ||
  cannot "another run of this script hasn't ended ($folder/axe.lock)"
if ! [ -e "$environment/.complete" ]; then
  # What a run that was killed has left.
  rm -rf "$environment"
  mkdir "$environment"
  cp "$here/package.json" "$here/package-lock.json" "$environment"
  timeout "$patience" npm ci --prefix "$environment" --ignore-scripts --no-audit --no-fund >&2 ||
    cannot "npm has failed, or hung"
  touch "$environment/.complete"
fi
echo "$script"
