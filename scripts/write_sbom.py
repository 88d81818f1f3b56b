"""What is this program made of, and under whose licences? A bill of materials, CycloneDX 1.5. Works offline.

python scripts/write_sbom.py FILE
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from alm import __version__
from alm.doctor.machine import pinned
from alm.settings import data_folder, project_folder

UNKNOWN = "not stated"
_BLOCK = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+).*?(?=^\S|\Z)", re.MULTILINE | re.DOTALL)


def bill() -> dict[str, object]:
    """Every package of the lock that this machine installs, with the digests it is held to, and every file of data."""
    lock = (project_folder() / "requirements.txt").read_text(encoding="utf-8")
    digests = {(found[1], found[2]): re.findall(r"sha256:([0-9a-f]{64})", found[0]) for found in _BLOCK.finditer(lock)}
    packages = [_package(name, version, digests[name, version]) for name, version in sorted(pinned(lock).items())]
    root = {"type": "application", "name": "alm", "version": __version__, "licenses": [{"expression": "MIT"}]}
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": {"component": root},
        "components": [*packages, *map(_data, sorted(data_folder().rglob("*.*")))],
    }  # fmt: skip


def _package(name: str, version: str, digests: list[str]) -> dict[str, object]:
    return {
        "type": "library", "name": name, "version": version, "purl": f"pkg:pypi/{name}@{version}",
        "licenses": [{"license": {"name": licence(name)}}],
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in digests],
    }  # fmt: skip


def licence(name: str) -> str:
    """As the installed package states it: an expression, else one line of its licence, else its classifiers."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return UNKNOWN
    line = (said.get("License") or "").strip()
    classified = [
        text.rpartition(" :: ")[2] for text in said.get_all("Classifier", []) if text.startswith("License ::")
    ]
    short = line if line and "\n" not in line and line != "UNKNOWN" else ""
    return said.get("License-Expression") or short or ", ".join(classified) or UNKNOWN


def _data(path: Path) -> dict[str, object]:
    """A file of data says itself where it comes from, in the comments at its head or under `source`."""
    text = path.read_text(encoding="utf-8")
    head = " ".join(line.lstrip("# ") for line in text.splitlines() if line.startswith("#"))
    sources = re.findall(r'^source = "(.*)"$', text, re.MULTILINE)
    words = head or "; ".join(dict.fromkeys(sources)) or UNKNOWN
    return {"type": "data", "name": str(path.relative_to(project_folder())), "description": words}


if __name__ == "__main__":
    found = bill()
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    parts = found["components"]
    assert isinstance(parts, list)
    counted = Counter(part["licenses"][0]["license"]["name"] for part in parts if part["type"] == "library")
    print(f"{target}: {sum(counted.values())} packages, {len(parts) - sum(counted.values())} files of data")
    print("\n".join(f"  {count:3}  {name}" for name, count in counted.most_common()))
