#!/bin/sh
# Provide darktable, and a display to show its window on; nothing is done where both are there.
#
# Needs root, and a Debian whose apt knows a mirror. Exit code 3, with the reason, where this can't
# be done.
set -eu

patience=1200 # seconds for each step; a mirror may hang
apt="timeout $patience apt-get -o Acquire::Retries=2 -o Acquire::http::Timeout=30 \
  -o DPkg::Lock::Timeout=$patience"

cannot() {
  echo "$1" >&2
  exit 3
}

found() {
  command -v darktable >/dev/null && command -v xvfb-run >/dev/null &&
    command -v xdotool >/dev/null && command -v import >/dev/null
}

found && exit 0
[ "$(id -u)" -eq 0 ] || cannot "only root can install darktable"
command -v apt-get >/dev/null || cannot "no apt-get to install darktable with"
$apt update -qq >&2 || cannot "apt-get update has failed or hung"
DEBIAN_FRONTEND=noninteractive $apt install --quiet --quiet --yes --no-install-recommends \
  darktable xvfb xauth xdotool imagemagick >&2 || cannot "apt-get has failed to install darktable"
