"""The picture in the README, held: who may import what, and what the core may not do."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "alm").rglob("*.py"))
EDGES = ("alm.cli", "alm.screen")

# library -> the only places that import it
ONLY_IN = {
    "sqlalchemy": ("alm.store",),
    "sqlite3": ("alm.store",),
    "alembic": ("alm.store",),
    "plotly": ("alm.charts",),
    "streamlit": ("alm.screen",),
    "click": ("alm.cli",),
    "rich": ("alm.cli",),
    "tomllib": ("alm.settings", "alm.language"),
    "yfinance": ("alm.feeds",),
    "requests": ("alm.alerts",),
    "curl_cffi": ("alm.feeds",),
    "reportlab": ("alm.report",),
    "numba": ("alm.fire.compile", "alm.fire.entry"),
    "llvmlite": ("alm.fire.compile",),
    "holidays": ("alm.calendar",),
}

ENGINES = ("stress", "reverse", "defence", "drill", "snowball", "fire", "risk", "allocation", "ledger")
PLAN = ("alm.engines", "alm.fire.plan", "alm.fire.household", "alm.fire.terms")
MAY_ALSO = dict.fromkeys(("drill", "stress", "reverse", "defence"), PLAN)  # drivers of the step, which a plan describes
FOUNDATIONS = (
    "alm.balance_sheet",
    "alm.settings",
    "alm.elementary",
    "alm.errors",
    "alm.language",
    "alm.currencies",
    "alm.step",
    "alm.lenders",
    "alm.loans",
    "alm.engines",
    "alm.dividends",
    "alm.scenarios",
    "alm.history",
    "alm.text",
)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def under(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_each_library_stays_in_its_room():
    strays = [
        f"{module_name(path)} imports {name}"
        for path in SOURCES
        for name in imports(path)
        for library, rooms in ONLY_IN.items()
        if under(name, (library,)) and not under(module_name(path), rooms)
    ]
    assert strays == []


def test_the_environment_is_read_in_settings_only():
    strays = [
        f"{module_name(path)}:{node.lineno}"
        for path in SOURCES
        if module_name(path) != "alm.settings"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    ]
    assert strays == []


def test_no_clock_and_no_global_randomness_in_the_core():
    clocks = {("date", "today"), ("datetime", "now"), ("datetime", "utcnow"), ("time", "time"), ("random", "seed")}
    strays = [
        f"{module_name(path)}:{node.lineno} {node.value.id}.{node.attr}"
        for path in SOURCES
        if not under(module_name(path), (*EDGES, "alm.settings"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in clocks
    ]
    assert strays == []


def test_engines_know_the_foundations_and_not_each_other():
    strays = []
    for path in SOURCES:
        module = module_name(path)
        engine = next((e for e in ENGINES if under(module, (f"alm.{e}",))), None)
        if engine is None:
            continue
        allowed = (*FOUNDATIONS, f"alm.{engine}", *MAY_ALSO.get(engine, ()))
        strays += [
            f"{module} imports {name}"
            for name in imports(path)
            if under(name, ("alm",)) and name != "alm" and not under(name, allowed)
        ]
    assert strays == []


def test_imports_run_one_way():
    graph = {module_name(path): imports(path) for path in SOURCES}
    known = {
        module: {
            target
            for name in names
            for target in (name, name.rpartition(".")[0])
            if target in graph and target != module and not module.startswith(target + ".")
        }
        for module, names in graph.items()
    }
    done: set[str] = set()

    def walk(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail[trail.index(module) :], module))
        if module not in done:
            for target in known[module]:
                walk(target, (*trail, module))
            done.add(module)

    for module in graph:
        walk(module, ())


@pytest.mark.parametrize("module", ["alm.store.books", "alm.briefing", "alm.charts.theme", "alm.cli"])
def test_what_the_first_paint_needs_loads_nothing_heavy(module):
    heavy = [
        "scipy", "numba", "llvmlite", "pydantic", "alembic", "arch", "holidays", "requests", "curl_cffi", "yfinance", "reportlab", "rich",
    ]  # fmt: skip
    script = f"import sys, {module}; print([m for m in {heavy!r} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert shown.stdout.strip() == "[]"


def test_the_verdict_does_not_wait_for_what_tables_need():
    script = "import sys, alm.screen.loading, alm.screen.morning; print([m for m in ['pandas', 'numba'] if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert shown.stdout.strip() == "[]"


def test_no_function_outgrows_a_screen():
    long = [
        f"{module_name(path)}.{node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in [*SOURCES, ROOT / "dashboard.py"]
        if path.exists()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 60
    ]
    assert long == []
