"""The household's settings, and the only reader of the environment and of TOML files.

Every number here is a default that a household overrides in its own database (`settings` table); none is a fact
about one household. Each setting documents itself: unit, meaning and source, shown by `alm settings` and the screen.
"""

from __future__ import annotations

import math
import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from alm.balance_sheet import AssetClass
from alm.currencies import is_currency
from alm.errors import BadInput, UnknownName
from alm.language import t

WATERFALL_SOURCES = ("cash", "dividends", "credit_line", "unpledged_sale", "pledged_sale")
REINVEST_INTO = ("fund", "same", "targets")
FIRE_MODELS = ("lognormal", "student_t", "regime", "bootstrap", "cohorts")
FIRE_PARAMETERS = ("given", "measured", "estimated")
GROWTH_RANGE = (-0.5, 0.5)
"""What growth of dividends a year may be, stated or derived."""
TOML_LIMIT = 4 * 1024 * 1024


def _setting(default: Any, doc: str, *, low: float = -math.inf, high: float = math.inf, unit: str = "") -> Any:
    return field(default=default, metadata={"doc": doc, "low": low, "high": high, "unit": unit})


def _optional(default: float | None, doc: str, *, low: float, high: float, unit: str) -> Any:
    """A number, or nothing (empty text, None): then the figure follows from others."""
    metadata = {"doc": doc, "low": low, "high": high, "unit": unit, "optional": True}
    return field(default=default, metadata=metadata)


def _fraction(default: float, doc: str, *, low: float = 0.0, high: float = 1.0) -> Any:
    return _setting(default, doc, low=low, high=high, unit="fraction")


@dataclass(frozen=True, slots=True)
class Settings:
    """Thresholds, conventions and assumptions. Fractions are fractions (0.6 is 60 %); money is base currency."""

    # The household
    base_currency: str = _setting("JPY", "ISO code every figure is converted to")
    language: str = _setting("en", "language of the screen and the report: en or ja")
    timezone: str = _setting("Asia/Tokyo", "time zone that decides what today is")
    living_reserve_months: float = _setting(
        0.0, "months of essential spending kept out of any cure (assumption)", low=0, high=120, unit="months"
    )
    safety_fall: float = _fraction(0.5, "the fall this household asks to survive without a forced sale")

    # Data health
    stale_days: int = _setting(5, "a price or rate older than this is flagged", low=0, high=3650, unit="days")
    fund_stale_days: int = _setting(
        6, "the same for a fund, whose price comes a session late", low=0, high=3650, unit="days"
    )
    crypto_stale_days: int = _setting(2, "the same for crypto, which trades every day", low=0, high=3650, unit="days")
    loan_stale_days: int = _setting(
        45, "a loan balance older than this is flagged; statements come monthly", low=0, high=3650, unit="days"
    )

    # Verdict thresholds: below the first CAUTION, below the second DANGER (assumptions; set your own)
    caution_fall_to_call: float = _fraction(0.35, "CAUTION when a fall smaller than this reaches the call")
    danger_fall_to_call: float = _fraction(0.15, "DANGER when a fall smaller than this reaches the call")
    caution_survivable_fall: float = _fraction(
        0.50, "CAUTION when the largest survivable fall is below this; 2007-09 was 56.8 %"
    )
    danger_survivable_fall: float = _fraction(0.30, "DANGER when the largest survivable fall is below this")
    caution_runway_months: float = _setting(4.0, "CAUTION below this many months of runway", low=0, unit="months")
    danger_runway_months: float = _setting(1.0, "DANGER below this many months of runway", low=0, unit="months")
    caution_line_expiry_days: int = _setting(
        90, "CAUTION when a credit line the defence counts on expires within this", low=0, unit="days"
    )
    caution_fire_probability: float = _fraction(0.80, "asked of the plan: the second light is CAUTION below this")
    danger_fire_probability: float = _fraction(0.50, "the second light is DANGER below this probability")

    # Credit-line defence
    waterfall_order: tuple[str, ...] = _setting(
        WATERFALL_SOURCES,
        "who pays first: a permutation of cash, dividends, credit_line, unpledged_sale, pledged_sale",
    )
    pledge_more: bool = _setting(
        False, "to meet a call, pledge unpledged shares, funds and bonds of taxable accounts before anything is sold"
    )
    sale_cost: float = _fraction(0.005, "cost of selling, as a share of the proceeds (assumption)", high=0.2)
    stress_haircut: float = _fraction(
        0.30, "share of unpledged holdings not counted in the survival horizon (assumption)"
    )

    # Tax
    dividend_tax: float = _fraction(0.20315, "tax on dividends in taxable accounts (Japan: 20.315 %)")
    gains_tax: float = _fraction(0.20315, "tax on gains in taxable accounts (Japan: 20.315 %)")
    deferred_tax: float = _fraction(0.20, "tax on withdrawals from deferred accounts (assumption)")
    foreign_withholding: float = _fraction(0.10, "tax withheld abroad on US dividends (US-Japan treaty: 10 %)")
    foreign_tax_credit: bool = _setting(False, "whether withholding abroad is credited against the tax at home")
    withholding_by_country: tuple[str, ...] = _setting(
        (), "countries that withhold another rate than foreign_withholding, such as 'GB 0, FR 0.128'"
    )

    # Long-run assumptions (FIRE and snowball); all nominal, per year
    inflation_pa: float = _setting(0.02, "expected inflation", low=-0.1, high=0.5, unit="fraction pa")
    inflation_volatility_pa: float = _setting(0.01, "volatility of inflation", low=0, high=0.5, unit="fraction pa")
    dividend_growth_pa: float | None = _optional(
        None,
        "growth of dividends per share; empty: total return less dividend yield, as prices",
        low=GROWTH_RANGE[0],
        high=GROWTH_RANGE[1],
        unit="fraction pa",
    )
    dividend_growth_volatility_pa: float = _setting(
        0.03, "volatility of dividend growth (assumption)", low=0, high=0.5, unit="fraction pa"
    )
    income_growth_pa: float = _setting(
        0.0, "growth of work income where an income row states none", low=-0.5, high=0.5, unit="fraction pa"
    )
    total_return_pa: float = _setting(
        0.07,
        "expected total return of the portfolio, dividends included (assumption)",
        low=-0.5,
        high=0.5,
        unit="fraction pa",
    )
    volatility_pa: float = _setting(0.20, "volatility of the portfolio (assumption)", low=0, high=2, unit="fraction pa")
    reinvest_yield: float = _setting(
        0.045,
        "dividend yield of what is bought with surplus (assumption)",
        low=0,
        high=0.5,
        unit="fraction pa",
    )
    risk_free_pa: float = _setting(0.0, "risk-free rate of Sharpe and Sortino", low=-0.1, high=0.5, unit="fraction pa")
    reinvest_growth_pa: float | None = _optional(
        0.0,
        "growth of the dividends of what is bought with surplus (assumption: a high yield that does not grow); empty: "
        "total return less reinvest_yield",
        low=GROWTH_RANGE[0],
        high=GROWTH_RANGE[1],
        unit="fraction pa",
    )
    reinvest_into: str = _setting(
        "fund", "what dividends and contributions buy: fund (one fund), same (the holding that paid) or targets"
    )

    # FIRE simulation
    fire_years: int = _setting(40, "horizon of the simulation", low=1, high=100, unit="years")
    fire_paths: int = _setting(10_000, "number of simulated paths", low=100, high=5_000_000)
    fire_seed: int = _setting(20_240_805, "seed of the simulation", low=0, high=2**63 - 1)
    fire_model: str = _setting("lognormal", "return model: lognormal, student_t, regime, bootstrap or cohorts")
    fire_born: tuple[str, ...] = _setting(
        (),
        "birth dates of the people whose lives end the simulation, such as '1966-04-01, 1968-09-30'; empty: all of "
        "fire_years",
    )
    fire_parameters: str = _setting(
        "given",
        "return and volatility of the simulation: given (these settings), measured (the holdings' own prices) or "
        "estimated (long history)",
    )
    target_probability: float = _fraction(0.95, "probability the solvers aim at")

    # Allocation and benchmark
    drift_band: float = _fraction(0.05, "drift from target that turns red, in points of weight; half of it is yellow")
    benchmark: str = _setting("", "benchmark: a ticker, or weights such as 'VT 0.6, BND 0.4'; empty for none")

    # Backups
    backup_also: str = _setting(
        "", "a second folder for the nightly backup, such as one on another disk; empty for none"
    )

    # Alerts: nothing is sent unless a channel is set
    alert_level: str = _setting("caution", "alert when a check is this or worse: caution, danger or unknown")
    alert_near: float = _fraction(0.05, "alert when a SAFE figure is within this share of its threshold")
    alert_repeat_hours: float = _setting(12.0, "say it again after this while it lasts", low=0.25, unit="hours")
    alert_snapshot_days: int = _setting(2, "alert when the last snapshot is older than this", low=0, unit="days")
    alert_amounts: bool = _setting(False, "whether messages may hold figures; without, they hold names and levels only")
    alert_ntfy_url: str = _setting("", "address of an ntfy topic, such as https://ntfy.example/my-topic")
    alert_mail_to: str = _setting("", "address that receives mail")
    alert_mail_from: str = _setting("alm@localhost", "sender of the mail, and its login when $ALM_SMTP_PASSWORD is set")
    alert_smtp: str = _setting("localhost:25", "mail server, host:port")
    alert_desktop: bool = _setting(False, "notify on the desktop (notify-send)")
    alert_command: str = _setting("", "a command that receives the title and the message as its last two arguments")

    def __post_init__(self) -> None:
        for spec in fields(self):
            _check(spec.name, getattr(self, spec.name), spec.metadata)
        if self.language not in ("en", "ja"):
            raise BadInput("en or ja", column="language", value=self.language)
        if self.alert_level not in ("caution", "danger", "unknown"):
            raise BadInput("caution, danger or unknown", column="alert_level", value=self.alert_level)
        if self.timezone not in _timezones():
            raise BadInput("a time zone such as Asia/Tokyo", column="timezone", value=self.timezone)
        if not is_currency(self.base_currency):
            raise BadInput("an ISO currency code such as JPY", column="base_currency", value=self.base_currency)
        for name, known in (
            ("reinvest_into", REINVEST_INTO),
            ("fire_model", FIRE_MODELS),
            ("fire_parameters", FIRE_PARAMETERS),
        ):
            if getattr(self, name) not in known:
                raise BadInput(t("one of {names}", names=", ".join(known)), column=name, value=getattr(self, name))
        for text in filter(None, self.fire_born):
            _check_date("fire_born", text)
        if sorted(self.waterfall_order) != sorted(WATERFALL_SOURCES):
            raise BadInput(
                t("each of {names} once", names=", ".join(WATERFALL_SOURCES)),
                column="waterfall_order",
                value=", ".join(self.waterfall_order),
            )

    @property
    def stale_days_by_class(self) -> dict[AssetClass, int]:
        return {"fund": self.fund_stale_days, "crypto": self.crypto_stale_days}


def _check_date(name: str, text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise BadInput("dates such as 1966-04-01", column=name, value=text) from None


@cache
def _timezones() -> frozenset[str]:
    """Read once: the list comes from hundreds of files."""
    return frozenset(available_timezones())


def _check(name: str, value: object, metadata: Mapping[str, Any]) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    if not metadata["low"] <= value <= metadata["high"] or abs(value) == math.inf:
        raise BadInput(
            t("a number from {low} to {high}", low=metadata["low"], high=metadata["high"]), column=name, value=value
        )


def parse_settings(rows: Mapping[str, str]) -> Settings:
    """Settings from text values by name; unknown names and unreadable values raise, with the name in the sentence."""
    specs = {spec.name: spec for spec in fields(Settings)}
    values: dict[str, Any] = {}
    for name, text in rows.items():
        if name not in specs:
            raise UnknownName("setting", name, tuple(specs))
        values[name] = _parse(text, specs[name])
    return Settings(**values)


def _parse(text: str, spec: Field[Any]) -> object:
    name, optional = spec.name, "optional" in spec.metadata
    if optional and not text.strip():
        return None
    default = 0.0 if optional else spec.default
    if isinstance(default, bool):
        if text.lower() not in ("true", "false", "yes", "no"):
            raise BadInput("yes or no", column=name, value=text)
        return text.lower() in ("true", "yes")
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(","))
    if isinstance(default, int | float):
        kind = type(default)
        try:
            return kind(text)
        except ValueError:
            raise BadInput("a whole number" if kind is int else "a number", column=name, value=text) from None
    return text


def format_setting(value: object) -> str:
    """The text that `parse_settings` reads back to the same value; empty for a number that is left to follow."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dict, or one sentence that says where it is wrong."""
    try:
        return tomllib.loads(read_file(path, TOML_LIMIT).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadInput(t("UTF-8 text (byte {byte} is not)", byte=error.start), file=path) from None
    except tomllib.TOMLDecodeError as error:
        raise BadInput(t("valid TOML ({reason})", reason=str(error).rstrip(".")), file=path) from None
    except RecursionError:
        raise BadInput("valid TOML (fewer brackets within brackets)", file=path) from None


def read_file(path: Path, limit: int) -> bytes:
    """What a person's file holds, or one sentence. A pipe or a device is none: reading it might never end."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise BadInput("a plain file, no folder, pipe or device", file=path)
        if found.st_size > limit:
            raise BadInput(t("a file of at most {size} MB", size=limit // 1024 // 1024), file=path)
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput("a file that exists", file=path) from None
    except OSError as error:
        raise BadInput(t("a readable file ({reason})", reason=error.strerror), file=path) from None


def database_path() -> Path:
    """$ALM_DB, else alm.db in the XDG data folder."""
    named = os.environ.get("ALM_DB")
    return resolved(Path(named) if named else _xdg("XDG_DATA_HOME", ".local/share") / "alm" / "alm.db")


def resolved(path: Path) -> Path:
    """The one name of a file, whatever link or working folder it was named through: what stands beside the books is
    written and looked for beside this one."""
    try:
        return path.expanduser().resolve()
    except (OSError, RuntimeError):
        raise BadInput("a path that links do not lead in a circle", value=path) from None


def feed_key(name: str) -> str:
    """$ALM_FRED_KEY, $ALM_COINGECKO_KEY: never stored in the database; empty where a feed is used without one."""
    return os.environ.get(f"ALM_{name.upper()}_KEY", "").strip()


def feed_address(name: str) -> str | None:
    """A mirror of one's own: $ALM_YAHOO_URL, likewise COINGECKO, ECB, TOUSHIN, FRED and FRENCH."""
    return os.environ.get(f"ALM_{name.upper()}_URL", "").strip() or None


def cache_folder() -> Path:
    """Where compiled kernels and downloads may be kept: $XDG_CACHE_HOME/alm."""
    return _xdg("XDG_CACHE_HOME", ".cache") / "alm"


def user_folder() -> Path:
    """The user's own lender profiles and scenarios: $XDG_CONFIG_HOME/alm."""
    return _xdg("XDG_CONFIG_HOME", ".config") / "alm"


_MEMORY = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072", "ARROW_DEFAULT_MEMORY_POOL": "system"}
"""Memory that is not needed any more goes back to the system: few pools, handed back in pieces of 128 KiB."""


def environment_for(database: Path) -> dict[str, str]:
    """This process's environment with $ALM_DB set: how a server started from here knows its database.

    How memory is handed out is chosen for a server that runs for months, unless the environment chooses itself.
    """
    return {**_MEMORY, **os.environ, "ALM_DB": str(database)}


def smtp_password() -> str:
    """$ALM_SMTP_PASSWORD: never stored in the database; empty for no login."""
    return os.environ.get("ALM_SMTP_PASSWORD", "")


def notify_socket() -> str | None:
    """$NOTIFY_SOCKET: where a service manager listens, or None."""
    return os.environ.get("NOTIFY_SOCKET") or None


def watchdog_seconds() -> float:
    """$WATCHDOG_USEC in seconds: within which the service manager wants a sign of life; 0 for none."""
    text = os.environ.get("WATCHDOG_USEC", "")
    return int(text) / 1e6 if text.isdigit() else 0.0


def project_folder() -> Path:
    """Where `dashboard.py`, `data/` and `systemd/` stand."""
    return Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    """History, crises, lender profiles and scenarios that come with the program."""
    return project_folder() / "data"


def _xdg(variable: str, fallback: str) -> Path:
    value = os.environ.get(variable, "")
    return Path(value) if Path(value).is_absolute() else Path.home() / fallback


def today(settings: Settings) -> date:
    """The household's own date now: the one clock, read only by the command line, the screen and the services."""
    return day_of(datetime.now(UTC), settings)


def day_of(moment: datetime, settings: Settings) -> date:
    """The household's own date at a moment."""
    return moment.astimezone(ZoneInfo(settings.timezone)).date()
