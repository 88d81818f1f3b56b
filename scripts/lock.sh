#!/bin/sh
# Write the two hash-locked requirement files afresh from pyproject.toml (needs uv).
set -eu
cd "$(dirname "$0")/.."
uv pip compile pyproject.toml --group build --universal --generate-hashes --python-version 3.11 -q --no-header \
    -o requirements.txt "$@"
uv pip compile pyproject.toml --group dev --universal --generate-hashes --python-version 3.11 -q --no-header \
    -c requirements.txt -o requirements-dev.txt "$@"
