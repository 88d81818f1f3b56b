"""The one place where a household's money moves: a step over a block of paths, and the rules it is made of.

Everything here imports nothing but math and compiles with numba: the same text serves a stress grid, a drill of one
path and a simulation of a million.
"""
