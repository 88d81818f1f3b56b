#!/bin/sh
# Install or remove the systemd units. Shows what it will do; run twice it changes nothing.
#
#   scripts/install-service.sh [install|uninstall|show] [user|system]
#
# `system` (the default for root) runs as its own user `alm` with the strictest confinement, its database in
# /var/lib/alm. `user` (the default otherwise) runs as you, with your own database.
set -eu

action=${1:-install}
scope=${2:-$([ "$(id -u)" -eq 0 ] && echo system || echo user)}
project=$(cd "$(dirname "$0")/.." && pwd)
units="alm-dashboard.service alm-snapshot.service alm-snapshot.timer alm-prices.service alm-prices.timer \
alm-alerts.service alm-alerts.timer alm-alert@.service"
started="alm-dashboard.service alm-snapshot.timer alm-prices.timer alm-alerts.timer"
timezone=${ALM_TIMEZONE:-$(cat /etc/timezone 2>/dev/null || echo UTC)}

case "$scope" in
    system)
        target=${ALM_UNIT_DIR:-/etc/systemd/system}
        data=/var/lib/alm wanted=multi-user.target control="systemctl" ;;
    user)
        target=${ALM_UNIT_DIR:-${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user}
        data=${XDG_DATA_HOME:-$HOME/.local/share}/alm wanted=default.target control="systemctl --user" ;;
    *) echo "Say 'user' or 'system', not '$scope'." >&2; exit 2 ;;
esac

filled() { # a unit with its places filled in; `@name@` on a line of its own is systemd/confine/name-SCOPE.conf
    while IFS= read -r line || [ -n "$line" ]; do
        case "$line" in
            @service@ | @no-network@ | @loopback@)
                name=${line#@}
                cat "$project/systemd/confine/${name%@}-$scope.conf" ;;
            *) printf '%s\n' "$line" ;;
        esac
    done < "$project/systemd/$1" |
        sed -e "s|@PROJECT@|$project|g" -e "s|@DATA@|$data|g" -e "s|@TARGET@|$wanted|g" -e "s|@TIMEZONE@|$timezone|g"
}

running() { [ -d /run/systemd/system ] && [ -z "${ALM_UNIT_DIR:-}" ]; }

case "$action" in
    show)
        for unit in $units; do echo "# $target/$unit"; filled "$unit"; echo; done ;;
    install)
        [ -x "$project/.venv/bin/alm" ] || { echo "Run 'make install' first: $project/.venv is missing." >&2; exit 2; }
        if [ "$scope" = system ] && running && ! id alm >/dev/null 2>&1; then
            echo "create the system user alm"
            useradd --system --home-dir "$data" --shell /usr/sbin/nologin alm
        fi
        mkdir -p "$target"
        for unit in $units; do
            new=$(filled "$unit")
            if [ -f "$target/$unit" ] && [ "$new" = "$(cat "$target/$unit")" ]; then
                echo "unchanged  $target/$unit"
            else
                printf '%s\n' "$new" > "$target/$unit"
                echo "written    $target/$unit"
            fi
        done
        if running; then
            $control daemon-reload
            $control enable --now $started
            echo "The dashboard is at http://127.0.0.1:8501; the snapshot is taken each morning."
        else
            echo "systemd is not running here: the units are written and start with it."
        fi ;;
    uninstall)
        if running; then $control disable --now $started 2>/dev/null || true; fi
        for unit in $units; do
            if [ -f "$target/$unit" ]; then rm "$target/$unit"; echo "removed    $target/$unit"; fi
        done
        if running; then $control daemon-reload; fi
        echo "The database in $data was left as it is." ;;
    *) echo "Say 'install', 'uninstall' or 'show', not '$action'." >&2; exit 2 ;;
esac
