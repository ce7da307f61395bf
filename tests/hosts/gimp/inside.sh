#!/bin/sh
# Run a command in another root folder, with folders of this machine at their own places:
#     inside.sh ROOT [FOLDER ...] -- COMMAND [ARGUMENT ...]
#
# This machine's own root folder is at /host, too. In a mount namespace of its own: the kernel unmounts everything with the command's last process,
# whatever becomes of it.
set -eu

exec unshare --mount --propagation private sh -euc '
  root=$1
  shift
  mkdir -p "$root/host"
  mount --rbind / "$root/host"
  for folder in /proc /sys /dev; do mount --rbind "$folder" "$root$folder"; done
  while [ "$1" != -- ]; do
    mkdir -p "$root$1"
    mount --rbind "$1" "$root$1"
    shift
  done
  shift
  exec chroot "$root" env "PATH=/usr/sbin:/usr/bin:/sbin:/bin" "$@"
' inside "$@"
