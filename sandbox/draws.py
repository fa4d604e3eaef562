"""Chance that comes out the same in every process: all of it hangs on the key alone."""

from hashlib import blake2b
from random import Random


def draws(*key: object) -> Random:
    """Returns a generator of its own for `key`; for many draws about one thing."""
    return Random("/".join(map(str, key)))  # noqa: S311 (made-up data, no secret)


def unit(*key: object) -> float:
    """Returns one number from 0 up to 1 for `key`; some ten times cheaper than a generator."""
    digest = blake2b("/".join(map(str, key)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def happens(chance: Random, share: float) -> bool:
    """True in `share` of all cases."""
    return chance.random() < share
