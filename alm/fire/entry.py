"""The door of the compiled simulation: addresses and sizes from outside become the arguments of `run_block`."""

from __future__ import annotations

from typing import Any

from numba import carray, from_dtype, types

from alm.fire.draw import WITHIN, Draws, MarketRules
from alm.fire.kernel import RECORD, run_block
from alm.step.block import ASSET, DATED, EVENTS, LINE, LOAN, TERMS, House
from alm.step.events import COLUMNS

_F, _I, _W, _B = (types.CPointer(kind) for kind in (types.float64, types.int64, types.uint64, types.boolean))
_RECORDS = tuple(types.CPointer(from_dtype(dtype)) for dtype in (TERMS, ASSET, LOAN, LINE, DATED))
SIGNATURE = types.void(
    *_RECORDS, _F, _F, _I, _F, _F,  # terms, assets, loans, lines, dated; tiers, covariance, twins, book, one
    _F, _F, _F, _B, _F, _F, _F, _F, _F,  # the market's rules: numbers, drift, loading, bridged, regimes, past
    _F, _F, _F, _F, _F, _F, _I, _I, _W, _W, _W,  # the draws
    _F, _W, types.CPointer(types.float32), types.CPointer(types.int32), _F,  # survival, seed, worth, first, record
    _I, _I,  # paths asked for, sizes
)  # fmt: skip


def entry(
    terms: Any, assets: Any, loans: Any, lines: Any, dated: Any, tiers: Any, covariance: Any, twins: Any, book: Any,
    one: Any, numbers: Any, drift: Any, loading: Any, bridged: Any, shift: Any, scale: Any, leave: Any, past: Any,
    past_inflation: Any, growth: Any, prices: Any, dividends: Any, ratio: Any, shocks: Any, yearly: Any, rows: Any,
    regime: Any, streams: Any, words: Any, alone: Any, survival: Any, seed: Any, worth: Any, first: Any, record: Any,
    asked: Any, sizes: Any,
) -> None:  # fmt: skip
    """Compiled as a C callback; see `alm.fire.compile.Kernel` for the caller's side."""
    row = carray(terms, (1,))[0]
    tier_count, series, factors, steps, known, width = sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5]
    n, years = row.steps_per_year, steps // row.steps_per_year
    household = House(
        row, carray(assets, (row.asset_count,)), carray(loans, (row.loan_count,)), carray(lines, (row.line_count,)),
        carray(tiers, (tier_count, 2)), carray(covariance, (series, series)),
        carray(twins, (row.asset_count * max(row.loan_count, 1),)), carray(book, (0, COLUMNS)),
    )  # fmt: skip
    rules = MarketRules(
        int(numbers[0]), int(numbers[1]), carray(drift, (series,)), carray(loading, (series, factors)),
        carray(bridged, (factors,)), carray(covariance, (series, series)), numbers[2], numbers[3], numbers[4],
        numbers[5], carray(shift, (2,)), carray(scale, (2,)), carray(leave, (2,)), carray(past, (known, series)),
        carray(past_inflation, (known,)), int(numbers[6]), numbers[7],
    )  # fmt: skip
    draws = Draws(
        carray(growth, (n, series, width)), carray(prices, (n, width)), carray(dividends, (width,)),
        carray(ratio, (n, width)), carray(shocks, (n, factors, width)), carray(yearly, (2, width)),
        carray(rows, (n, width)), carray(regime, (width,)), carray(streams, (WITHIN + 1, 4, width)),
        carray(words, (width,)), carray(alone, (4,)),
    )  # fmt: skip
    run_block(
        household, carray(book, (row.rows, width)), carray(one, (row.rows, 1)), carray(dated, (steps,)), rules, draws,
        carray(survival, (steps,)),
        carray(seed, (1,))[0], carray(worth, (years + 1, sizes[6])), carray(first, (sizes[6], len(EVENTS))),
        carray(record, (sizes[7], len(RECORD))), carray(asked, (sizes[6],)), sizes[8], sizes[9],
    )  # fmt: skip
