#!/bin/sh
# Install or remove the systemd units. Shows what it will do; run twice it changes nothing.
#
#   scripts/install-service.sh [install|uninstall|show|check|restart] [user|system]
#
# `system` (the default for root) runs as its own user `alm` with the strictest confinement, its database in
# /var/lib/alm. `user` (the default otherwise) runs as you, with your own database. `check` says whether the units could
# run from here, `restart` restarts a page that runs already and does nothing otherwise.
set -eu

action=${1:-install}
scope=${2:-$([ "$(id -u)" -eq 0 ] && echo system || echo user)}
project=$(cd "$(dirname "$0")/.." && pwd)
timers="alm-snapshot.timer alm-backup.timer alm-alerts.timer"
units="alm-dashboard.service alm-snapshot.service alm-prices.service alm-backup.service alm-alerts.service \
alm-alert@.service $timers"
started="alm-dashboard.service $timers"
gone="alm-prices.timer" # of earlier versions

refuse() { echo "$1" >&2; exit 2; }

case "$scope" in
    system)
        target=${ALM_UNIT_DIR:-/etc/systemd/system}
        data=/var/lib/alm wanted=multi-user.target control="systemctl" ;;
    user)
        target=${ALM_UNIT_DIR:-${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user}
        data=${XDG_DATA_HOME:-$HOME/.local/share}/alm wanted=default.target control="systemctl --user" ;;
    *) refuse "Say 'user' or 'system', not '$scope'." ;;
esac

running() { [ -d /run/systemd/system ] && [ -z "${ALM_UNIT_DIR:-}" ]; }

setting() { # of the household's books, where there are any
    "$project/.venv/bin/alm" settings --json --db "$data/alm.db" 2>/dev/null | sed -n "s/^ *\"$1\": \"\(.*\)\",*$/\1/p"
}

machine_timezone() { # the link is what counts; some systems keep the name in a file besides
    readlink -f /etc/localtime 2>/dev/null | sed -n 's|.*/zoneinfo/||p' | grep . || cat /etc/timezone 2>/dev/null || echo UTC
}

# --- what the units could not run with --------------------------------------------------------------------------------

check_names() { # systemd would read these in its own way, and no quoting suits every line
    for named in "$project" "$data" "$also"; do
        case "$named" in
            *[\"\'\\\$\`]* | *"
"*) refuse "systemd cannot be told of $named: choose a path without quotes, backslashes, dollar signs and line ends." ;;
        esac
    done
}

check_timezone() {
    case "$timezone" in
        "" | /* | *..* | *[!A-Za-z0-9/_+-]*) ;;
        *) if [ -f "/usr/share/zoneinfo/$timezone" ] || [ "$timezone" = UTC ]; then return 0; fi ;;
    esac
    refuse "There is no time zone '$timezone': set ALM_TIMEZONE to one such as Asia/Tokyo ('timedatectl list-timezones')."
}

check_reachable() { # the service's own user must get to the program and to the Python behind it
    for place in "$project" "$(dirname "$(readlink -f "$project/.venv/bin/python")")"; do
        while [ "$place" != / ]; do
            [ -n "$(find "$place" -maxdepth 0 -perm -0001)" ] || refuse "The user alm of the service cannot enter $place: \
move the project (and the Python it was made with) to a place such as /opt/alm, or allow it with 'chmod o+x $place'."
            place=$(dirname "$place")
        done
    done
}

check() {
    [ -x "$project/.venv/bin/alm" ] || refuse "Run 'make install' first: $project/.venv is missing."
    check_names
    check_timezone
    if [ "$scope" = system ] && { running || [ "$action" = check ]; }; then check_reachable; fi
}

# --- the units --------------------------------------------------------------------------------------------------------

namespaces_work() { # a user's units can be walled in where the kernel lets a user make namespaces
    running || return 0
    set --
    while IFS= read -r line; do
        case "$line" in ReadWritePaths=* | CacheDirectory*) ;; *) set -- "$@" -p "$line" ;; esac
    done < "$project/systemd/confine/namespaces-user.conf"
    systemd-run --user --quiet --wait "$@" true 2>/dev/null
}

escaped() { printf '%s' "$1" | sed -e 's/%/%%/g' -e 's/[\\&|]/\\&/g'; } # for systemd, then for sed

filled() { # a unit with its places filled in; `@name@` on a line of its own is systemd/confine/name-SCOPE.conf
    while IFS= read -r line || [ -n "$line" ]; do
        case "$line" in
            @also@) [ -z "$also" ] || printf 'ReadWritePaths="-@ALSO@"\n' ;;
            @service@ | @no-network@ | @loopback@)
                name=${line#@}
                cat "$project/systemd/confine/${name%@}-$scope.conf"
                if [ "$line$walls" = @service@yes ]; then cat "$project/systemd/confine/namespaces-user.conf"; fi ;;
            *) printf '%s\n' "$line" ;;
        esac
    done < "$project/systemd/$1" |
        sed -e "s|@PROJECT@|$(escaped "$project")|g" -e "s|@README@|$(escaped "$readme")|g" \
            -e "s|@DATA@|$(escaped "$data")|g" -e "s|@ALSO@|$(escaped "$also")|g" \
            -e "s|@TARGET@|$wanted|g" -e "s|@TIMEZONE@|$timezone|g"
}

prepare() {
    also=$(setting backup_also)
    timezone=${ALM_TIMEZONE:-$(setting timezone)}
    timezone=${timezone:-$(machine_timezone)}
    readme=file:$(printf '%s/README.md' "$project" | sed -e 's/%/%25/g' -e 's/ /%20/g')
    walls=no
    if [ "$scope" = user ] && namespaces_work; then walls=yes; fi
}

write() {
    changed=no
    mkdir -p "$target"
    [ "$scope" = system ] || (umask 077 && mkdir -p "$data")
    for unit in $units; do
        new=$(filled "$unit")
        if [ -f "$target/$unit" ] && [ "$new" = "$(cat "$target/$unit")" ]; then
            echo "unchanged  $target/$unit"
        else
            printf '%s\n' "$new" > "$target/$unit"
            changed=yes
            echo "written    $target/$unit"
        fi
    done
    stop $gone
    remove $gone
}

stop() { if running; then $control disable --now "$@" 2>/dev/null || true; fi; }

remove() {
    for unit in "$@"; do
        if [ -f "$target/$unit" ]; then rm "$target/$unit"; echo "removed    $target/$unit"; fi
    done
}

linger() { # without it a user's units stop when the last session ends, and do not start with the machine
    [ "$scope" = user ] || return 0
    [ "$(loginctl show-user "$(id -un)" --property=Linger --value 2>/dev/null)" != yes ] || return 0
    if loginctl enable-linger 2>/dev/null; then
        echo "lingering is on: the units run while nobody is logged in ('loginctl disable-linger' ends that)"
    else
        echo "The units run only while you are logged in: 'sudo loginctl enable-linger $(id -un)' changes that." >&2
    fi
}

start() {
    if ! running; then
        echo "systemd is not running here: the units are written and start with it."
        return
    fi
    $control daemon-reload || refuse "The units are written, but '$control' does not answer: log in as the user itself, \
not by su or sudo, and run this again."
    linger
    if [ $changed = yes ]; then $control try-restart alm-dashboard.service; fi
    $control enable --now $started
    echo "The dashboard is at http://127.0.0.1:8501; the snapshot is taken each morning, $timezone."
    [ "$scope$walls" != userno ] ||
        echo "This system lets no user make namespaces: the units run with less confinement (docs/operations.md)." >&2
}

case "$action" in
    show)
        prepare
        for unit in $units; do echo "# $target/$unit"; filled "$unit"; echo; done ;;
    check)
        prepare
        check
        echo "The units can run from $project as $scope units; times are in $timezone." ;;
    install)
        prepare
        check
        if [ "$scope" = system ] && running && ! id alm >/dev/null 2>&1; then
            echo "create the system user alm"
            useradd --system --home-dir "$data" --shell /usr/sbin/nologin alm
        fi
        write
        start ;;
    restart)
        if running && $control is-active --quiet alm-dashboard.service 2>/dev/null; then
            $control restart alm-dashboard.service
            echo "The page was restarted: it is of this version now."
        fi ;;
    uninstall)
        stop $started $gone
        remove $units $gone
        if running; then $control daemon-reload; fi
        echo "The database in $data was left as it is." ;;
    *) refuse "Say 'install', 'uninstall', 'show', 'check' or 'restart', not '$action'." ;;
esac
