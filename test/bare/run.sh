#!/bin/sh
# Runs a command of a clean clone where there is nothing but Node, git and a shell: in an empty Debian below ROOT, which
# is made where it is not there yet (root and debootstrap are needed; 400 MB). No part of `npm test`.
#
#   test/bare/run.sh ROOT COMMAND...             e.g.  test/bare/run.sh /tmp/bare-root 'npm ci && npm test'
#
# The clone is made anew from this checkout's last commit. The Node, the npm and the npm settings of this machine are
# used. KEEP=1 takes the clone that is there, as it is. USER_CACHE=1 keeps ~/.cache, where the editor is installed.
set -eu
root=$1
shift
repository=$(cd "$(dirname "$0")/../.." && pwd)

if [ ! -e "$root/made" ]; then
  debootstrap --variant=minbase --include=git,ca-certificates bookworm "$root"
  mkdir -p "$root/usr/lib/node_modules"
  cp "$(command -v node)" "$root/usr/bin/node"
  cp -r "$(npm root -g)/npm" "$root/usr/lib/node_modules/"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/bin/npm"
  ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/bin/npx"
  touch "$root/made"
fi
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
[ ! -e /etc/ssl/certs/ca-certificates.crt ] || cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
for file in "$(npm config get userconfig)" "$(npm config get globalconfig)"; do
  [ ! -e "$file" ] || grep -v '^nodedir' "$file"
done >"$root/root/.npmrc"
[ "${USER_CACHE:-}" ] || rm -rf "$root/root/.cache"
if [ -z "${KEEP:-}" ]; then
  rm -rf "$root/root/alphasteer"
  git clone -q "$repository" "$root/root/alphasteer"
fi

# Mounts are of this command alone. Of the environment nothing is handed on but where certificates are.
exec unshare --mount --fork sh -c '
  root=$1 command=$2
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  exec chroot "$root" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/root LANG=C.UTF-8 \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt sh -c "cd /root/alphasteer && $command"
' sh "$(cd "$root" && pwd)" "$*"
