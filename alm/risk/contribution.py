"""Whose risk is it? The portfolio's variance shared out among its holdings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alm.elementary import covariance
from alm.risk.series import Array


def risk_contributions(returns: pd.DataFrame, weights: Array) -> Array:
    """wᵢ (Σw)ᵢ / w'Σw: shares of the variance that sum to 1, negative for a hedge (Euler; Litterman 1996).

    NaN where the portfolio has no variance or fewer than two common returns.
    """
    if len(returns) < 2:
        return np.full(len(weights), np.nan)
    marginal = (covariance(returns.to_numpy()) * weights).sum(axis=1)
    variance = float((weights * marginal).sum())
    return weights * marginal / variance if variance > 1e-24 else np.full(len(weights), np.nan)
