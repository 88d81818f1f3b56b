"""Return and risk of one series of returns. Formulae: Bacon, Practical Portfolio Performance Measurement (2008)."""

from __future__ import annotations

import numpy as np

from alm.elementary import power
from alm.risk.drawdown import max_drawdown, wealth
from alm.risk.series import TRADING_DAYS, Array, deviation, present, ratio


def total_return(returns: Array) -> float:
    """Π(1 + r) − 1; −1 once everything is lost; NaN for no return at all."""
    return float(wealth(returns)[-1]) - 1 if len(present(returns)) else float("nan")


def annual_return(returns: Array, per_year: float = TRADING_DAYS) -> float:
    """Geometric: (Π(1 + r)) ^ (per_year / n) − 1; −1 once everything is lost."""
    kept = present(returns)
    return power(1 + total_return(kept), per_year / len(kept)) - 1 if len(kept) else float("nan")


def volatility(returns: Array, per_year: float = TRADING_DAYS) -> float:
    """Standard deviation · √per_year."""
    return deviation(returns) * float(np.sqrt(per_year))


def excess(returns: Array, risk_free_pa: float | Array, per_year: float = TRADING_DAYS) -> Array:
    """Returns above the risk-free rate of their period; the rate is one number or one per return, per year."""
    return present(returns - np.asarray(risk_free_pa) / per_year)


def sharpe(returns: Array, risk_free_pa: float | Array = 0.0, per_year: float = TRADING_DAYS) -> float:
    """Mean excess return / its deviation · √per_year (Sharpe 1994)."""
    above = excess(returns, risk_free_pa, per_year)
    if len(above) < 2:
        return float("nan")
    return ratio(float(above.mean()), deviation(above)) * float(np.sqrt(per_year))


def downside_deviation(returns: Array, risk_free_pa: float | Array = 0.0, per_year: float = TRADING_DAYS) -> float:
    """√(mean of min(excess, 0)²) · √per_year, over all returns (Sortino and van der Meer 1991)."""
    above = excess(returns, risk_free_pa, per_year)
    if not len(above):
        return float("nan")
    return float(np.sqrt(np.mean(np.minimum(above, 0) ** 2) * per_year))


def sortino(returns: Array, risk_free_pa: float | Array = 0.0, per_year: float = TRADING_DAYS) -> float:
    """Mean excess return a year / downside deviation; NaN when nothing was ever lost."""
    above = excess(returns, risk_free_pa, per_year)
    if len(above) < 2:
        return float("nan")
    return ratio(float(above.mean()) * per_year, downside_deviation(returns, risk_free_pa, per_year))


def calmar(returns: Array, per_year: float = TRADING_DAYS) -> float:
    """Annual return / |max drawdown| over the whole series (Young 1991 used three years); NaN without a fall."""
    return ratio(annual_return(returns, per_year), -max_drawdown(returns))
