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
patience=1200 # seconds for each large step; a mirror may hang
apt="apt-get -o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o DPkg::Lock::Timeout=$patience"

cannot() {
  echo "$1" >&2
  exit 3
}

update() {
  timeout "$patience" $apt update -qq >&2 || cannot "apt-get update has failed or hung"
}

install() { # packages, with a command: apt-get, here or in another root
  wanted=$1
  shift
  DEBIAN_FRONTEND=noninteractive timeout "$patience" "$@" install --quiet --quiet --yes \
    --no-install-recommends -o Dpkg::Options::=--force-unsafe-io $wanted >&2 ||
    cannot "apt-get has failed to install $wanted, or hung"
}

find_mirror() {
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL)' 'Created-By: Packages' |
    sed -n 's#/* Debian Debian$##p' | head -n 1)
  [ -n "$mirror" ]
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
mkdir -p "$folder" || cannot "$folder can't be made; set STYLEPLUG_HOSTS_DIR"
exec 9>"$folder/lock"
flock --wait $((3 * patience)) 9 || cannot "another run of this script hasn't ended ($folder/lock)"
if [ "$(. /etc/os-release && echo "${ID:-}${VERSION_ID:-}")" = debian13 ]; then
  update
  install "$packages" $apt
  found /
fi
[ -e "$root/.complete" ] && found "$root"
unshare --mount true 2>/dev/null || cannot "no right to mount folders (unshare --mount)"
# Where apt's lists are empty, as in a new container, it doesn't know whose the mirrors are.
find_mirror || { update && find_mirror; } || cannot "no mirror of Debian among apt's sources"
if ! command -v debootstrap >/dev/null; then
  update
  install debootstrap $apt
fi
wget --quiet --timeout=30 --tries=3 -O /dev/null "$mirror/dists/trixie/InRelease" ||
  cannot "the mirror $mirror doesn't answer, or has no Debian 13"
# What a run that was killed has left.
rm -rf --one-file-system "$root"
# In a mount namespace of its own: what it mounts is gone even where it is killed.
unshare --mount --propagation private \
  timeout "$patience" debootstrap --variant=minbase trixie "$root" "$mirror" >&2 ||
  cannot "debootstrap has failed or hung; $root/debootstrap/debootstrap.log says more"
# Nothing may start services in a chroot.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
install "$packages" "$(dirname "$0")/inside.sh" "$root" -- $apt
touch "$root/.complete"
found "$root"
