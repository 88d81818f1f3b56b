#!/bin/sh
# Known vulnerabilities in the locked packages, by pip-audit against the advisories of PyPI or OSV.
#
# Exit status: 0 nothing known, 1 something is (pip-audit names it), 75 the question could not be asked: the tool is
# not installed or no advisory feed answers. 75 is sysexits' "try again later": it is neither a pass nor a finding.
set -u

project=$(cd "$(dirname "$0")/.." && pwd)
service=${ALM_AUDIT_SERVICE:-pypi}
unknown() { echo "audit: not done, nothing is known either way: $1" >&2; exit 75; }

tool=$(command -v pip-audit || echo "$project/.venv/bin/pip-audit")
[ -x "$tool" ] || unknown "pip-audit is not installed (pipx install pip-audit)."

answer=$("$tool" --strict --disable-pip --require-hashes --progress-spinner off \
    --vulnerability-service "$service" --timeout "${ALM_AUDIT_TIMEOUT:-15}" \
    --requirement "$project/requirements.txt" 2>&1)
status=$?
printf '%s\n' "$answer"
case "$status:$answer" in
    0:*) exit 0 ;;
    *"known vulnerabilit"*) exit 1 ;;
    *) unknown "no advisory feed answered ($service); set ALM_AUDIT_SERVICE to osv or try again later." ;;
esac
