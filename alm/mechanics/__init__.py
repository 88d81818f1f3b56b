"""The rules of one step as plain functions of numbers: interest, sales, the lender. They import nothing but math, so
that the same code serves a stress grid, a drill of one path and a simulation of a million."""
