#!/bin/sh
# Provide GIMP 3, and say where: the last line of the output is the root folder to find it in.
#
# "/" where this machine has it, or is a Debian 13 and can install it. On an older Debian a root of
# Debian 13 is made, which takes two minutes and 1.2 GB, once; it is kept in STYLEPLUG_HOSTS_DIR, by
# default /var/tmp/styleplug-hosts. Needs root, and a mirror of Debian among apt's sources.
# Exit code 3, with the reason, where this can't be done.
set -eu

packages="gimp gir1.2-gimp-3.0 python3-gi xvfb xauth xdotool imagemagick"
folder=${STYLEPLUG_HOSTS_DIR:-/var/tmp/styleplug-hosts}
root=$folder/gimp-debian13

cannot() {
  echo "$1" >&2
  exit 3
}

install() { # into the root folder, with apt
  DEBIAN_FRONTEND=noninteractive "$@" install --quiet --quiet --yes --no-install-recommends \
    -o Dpkg::Options::=--force-unsafe-io $packages >&2
}

found() {
  echo "$1"
  exit 0
}

# A display and its tools are needed as well: without them a GIMP of this machine's own won't do.
if command -v gimp-console-3.0 >/dev/null && command -v xdotool >/dev/null &&
  command -v xvfb-run >/dev/null && command -v import >/dev/null; then
  found /
fi
[ "$(id -u)" -eq 0 ] || cannot "only root can install GIMP 3"
command -v apt-get >/dev/null || cannot "no apt-get to install GIMP 3 with"
debian=$(. /etc/os-release && echo "${ID:-}${VERSION_ID:-}")
if [ "$debian" = debian13 ]; then
  apt-get update -qq >&2
  install apt-get
  found /
fi
[ -e "$root/.complete" ] && found "$root"
unshare --mount true 2>/dev/null || cannot "no right to mount folders (unshare --mount)"

mirror=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL)' 'Created-By: Packages' |
  sed -n 's/ Debian Debian$//p' | head -n 1)
[ -n "$mirror" ] || cannot "no mirror of Debian among apt's sources"

mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9
[ -e "$root/.complete" ] && found "$root"
if ! command -v debootstrap >/dev/null; then
  apt-get update -qq >&2
  apt-get install --quiet --quiet --yes debootstrap >&2
fi
rm -rf "$root"
debootstrap --variant=minbase trixie "$root" "$mirror" >&2
# Nothing may start services in a chroot.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
install "$(dirname "$0")/inside.sh" "$root" -- apt-get
touch "$root/.complete"
found "$root"
