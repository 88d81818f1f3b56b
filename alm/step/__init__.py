"""The one place where a household's money moves: a step over a block of paths, and the rules it is made of.

Everything here is pure and compiles with numba: the same text serves a fall of prices, a drill of one path and a
simulation of a million. `docs/method.md` gives every rule and works one month of one household on paper.

Symbols in formulas: V an asset's value and C its cost, L what a lender is owed, Λ his lending value, K what selling all
of something leaves after cost and tax, s a share of it, dt the years in a step.
"""
