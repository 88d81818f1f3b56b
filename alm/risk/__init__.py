"""Risk of a portfolio from its daily prices: one quantity, one small pure function.

Conventions of the whole package
- A *return* is simple, per period: price / price of the previous common date − 1. Losses are negative everywhere:
  drawdown, value at risk and expected shortfall are returns, not positive amounts.
- NaN marks a date without a return and is dropped. A measure of too few returns to define it is NaN, never 0:
  one return has a total but no volatility; none has nothing. A constant series has volatility 0 and no Sharpe ratio.
- Dates align by intersection of *price* dates, per pair: a share and a coin compare Friday to Monday, so the coin's
  weekend neither makes zero returns for the share nor loses two days of its own.
- `per_year` annualises: means by per_year, deviations by its square root; 252 unless the dates say otherwise
  (`alm.risk.series.periods_per_year`). Deviations have n − 1 in the denominator.
"""
