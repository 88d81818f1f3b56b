#!/bin/sh
# What the tests need beside Python: the distribution's own Chromium for the page, systemd-analyze for the units and
# groff for the manual page.
# Installed when root or passwordless sudo allow it; otherwise one sentence says what to install.
set -eu

have_browser() {
    command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1
}

missing=""
have_browser || missing="chromium"
command -v systemd-analyze >/dev/null 2>&1 || missing="$missing systemd"
command -v groff >/dev/null 2>&1 || missing="$missing groff-base"
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need$(printf ' %s' $missing): install with this system's package manager, then run 'make test' again." >&2
    exit 1
elif [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "The tests need$(printf ' %s' $missing): run 'apt-get install $missing' as root, then 'make test' again." >&2
    exit 1
fi

echo "Installing$(printf ' %s' $missing) from the distribution for the tests ..."
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
