"""Random numbers inside a compiled kernel: one stream per path, so no result depends on threads or blocks.

The stream is xoshiro256++ (Blackman and Vigna, 2021), seeded by SplitMix64 from (seed, path, salt); normals come by the
ziggurat of Marsaglia and Tsang (2000) with 256 layers and 52-bit values. Chosen over numba's own generator, which is
nine times slower in a kernel, and over passed-in NumPy generators, which cannot be had per path for a million paths.
Each function is plain Python for `numba`; uncompiled they would overflow.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from alm import elementary
from alm.step.series import exponential, logarithm

Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]

_TAIL = 3.6541528853610088
_AREA = 0.00492867323399
_MANTISSA = float(2**52)


def _ziggurat() -> tuple[Words, Floats, Floats]:
    """Acceptance bounds, widths and heights of the 256 layers under exp(−x²/2)."""
    edge = np.empty(256)
    edge[255] = _TAIL
    for layer in range(254, 0, -1):
        above = edge[layer + 1]
        edge[layer] = math.sqrt(-2.0 * elementary.log(_AREA / above + elementary.exp(-0.5 * above * above)))
    edge[0] = 0.0
    base = _AREA / elementary.exp(-0.5 * _TAIL * _TAIL)
    bounds = np.empty(256, dtype=np.uint64)
    bounds[0] = np.uint64(_TAIL / base * _MANTISSA)
    bounds[1] = np.uint64(0)
    bounds[2:] = (edge[1:255] / edge[2:256] * _MANTISSA).astype(np.uint64)
    widths = np.append(base, edge[1:]) / _MANTISSA
    heights = elementary.exp(-0.5 * edge * edge)
    return bounds, widths, heights


_BOUND, _WIDTH, _HEIGHT = _ziggurat()

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)
_S5, _S8, _S9, _S11, _S12 = np.uint64(5), np.uint64(8), np.uint64(9), np.uint64(11), np.uint64(12)
_S17, _S19, _S23, _S27, _S30, _S31 = (np.uint64(n) for n in (17, 19, 23, 27, 30, 31))
_S41, _S45 = np.uint64(41), np.uint64(45)
_LAYER, _ONE = np.uint64(255), np.uint64(1)
_UNIT = 1.0 / 2.0**53


def mixed(word: np.uint64) -> np.uint64:
    """SplitMix64's finaliser: every bit of the result depends on every bit of the word."""
    word = (word ^ (word >> _S30)) * _MIX_A
    word = (word ^ (word >> _S27)) * _MIX_B
    return word ^ (word >> _S31)


def start_stream(state: Words, seed: np.uint64, path: np.uint64, salt: np.uint64) -> None:
    """Set the four words of `state` for one path; different salts give unrelated streams of the same path."""
    word = mixed(seed + salt * _MIX_B) ^ mixed(path * _GOLDEN + _MIX_A)
    for index in range(4):
        word = word + _GOLDEN
        state[index] = mixed(word)


def next_word(state: Words) -> np.uint64:
    """The next 64 random bits."""
    s0, s1, s2, s3 = state[0], state[1], state[2], state[3]
    total = s0 + s3
    result: np.uint64 = ((total << _S23) | (total >> _S41)) + s0
    shifted = s1 << _S17
    s2 ^= s0
    s3 ^= s1
    state[1] = s1 ^ s2
    state[0] = s0 ^ s3
    state[2] = s2 ^ shifted
    state[3] = (s3 << _S45) | (s3 >> _S19)
    return result


def uniform(state: Words) -> float:
    """A number in (0, 1): never 0, so its logarithm is finite."""
    return (float(next_word(state) >> _S11) + 0.5) * _UNIT


def uniform_at(key: np.uint64, index: np.uint64) -> float:
    """The index-th uniform of a key, in (0, 1), without drawing the ones before it."""
    return (float(mixed(key + index * _GOLDEN) >> _S11) + 0.5) * _UNIT


def normal(state: Words) -> float:
    """A standard normal."""
    word = next_word(state)
    mantissa = word >> _S12
    layer = word & _LAYER
    if mantissa < _BOUND[layer]:
        return _signed(word, float(mantissa) * _WIDTH[layer])
    return _outside(word, state)


def gather(streams: Words, path: int, alone: Words) -> None:
    """The stream of one path, into four words of its own."""
    for index in range(4):
        alone[index] = streams[index, path]


def scatter(alone: Words, streams: Words, path: int) -> None:
    """The four words back into their column."""
    for index in range(4):
        streams[index, path] = alone[index]


def fill_normals(count: int, out: Floats, streams: Words, words: Words, alone: Words) -> None:
    """Standard normals into the first `count` paths of `out` (rows, paths), each from its own of `streams` (4, paths):
    the same numbers as `normal` gives it. `words` (paths,) and `alone` (4,) are work space."""
    for index in range(out.shape[0]):
        next_words(count, streams, words)
        row = out[index]
        for path in range(count):
            word = words[path]
            row[path] = _signed(word, float(word >> _S12) * _WIDTH[word & _LAYER])
        for path in range(count):
            if words[path] >> _S12 >= _BOUND[words[path] & _LAYER]:
                gather(streams, path, alone)
                row[path] = _outside(words[path], alone)
                scatter(alone, streams, path)


def next_words(count: int, streams: Words, out: Words) -> None:
    """`next_word` of every path."""
    first, second, third, fourth = streams[0], streams[1], streams[2], streams[3]
    for path in range(count):
        s0, s1, s2, s3 = first[path], second[path], third[path], fourth[path]
        total = s0 + s3
        out[path] = ((total << _S23) | (total >> _S41)) + s0
        shifted = s1 << _S17
        s2 ^= s0
        s3 ^= s1
        second[path] = s1 ^ s2
        first[path] = s0 ^ s3
        third[path] = s2 ^ shifted
        fourth[path] = (s3 << _S45) | (s3 >> _S19)


def _signed(word: np.uint64, value: float) -> float:
    return value - 2.0 * value * float((word >> _S8) & _ONE)


def _outside(word: np.uint64, state: Words) -> float:
    """The one draw in a hundred that does not fall inside its layer at once."""
    while True:
        layer = word & _LAYER
        mantissa = word >> _S12
        value = float(mantissa) * _WIDTH[layer]
        if mantissa < _BOUND[layer]:
            return _signed(word, value)
        if layer == 0:
            return _signed(word, _tail(state))
        top = _HEIGHT[layer - _ONE]
        if _HEIGHT[layer] + uniform(state) * (top - _HEIGHT[layer]) < exponential(-0.5 * value * value):
            return _signed(word, value)
        word = next_word(state)


def _tail(state: Words) -> float:
    """Beyond the last layer (Marsaglia, 1964)."""
    while True:
        x = -logarithm(uniform(state)) / _TAIL
        y = -logarithm(uniform(state))
        if y + y > x * x:
            return _TAIL + x


def gamma(state: Words, shape: float) -> float:
    """A gamma variate with scale 1 and shape ≥ 1 (Marsaglia and Tsang, 2000)."""
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        x = normal(state)
        v = 1.0 + c * x
        v *= v * v
        if v > 0.0 and logarithm(uniform(state)) < 0.5 * x * x + d - d * v + d * logarithm(v):
            return d * v
