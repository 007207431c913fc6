#!/usr/bin/env bash
# Installs the servers and the browser that the tests talk to, where this user may (root on a Debian-like system).
# Without them the tests fall back (PostgreSQL from a wheel) or say why they are skipped.
set -u
missing=()
compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
command -v chromium >/dev/null || missing+=(chromium)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Not installed: ${missing[*]} (needs root and apt-get); the tests that want them use a fallback or are skipped."
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
echo "Installing ${missing[*]} for the tests ..."
# No server may start by itself: the tests start their own on free ports.
apt-get -qq update >/dev/null 2>&1
for package in "${missing[@]}"; do
    RUNLEVEL=1 apt-get -qq install --no-install-recommends "$package" >/dev/null 2>&1 || echo "could not install $package"
done
exit 0
