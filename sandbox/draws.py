"""Random numbers that are the same in every process: they depend only on the key."""

from hashlib import blake2b
from random import Random


def draws(*key: object) -> Random:
    """Returns a random generator for `key`, for many draws about one subject."""
    return Random("/".join(map(str, key)))  # noqa: S311 (made-up data, no secret)


def unit(*key: object) -> float:
    """Returns one number from 0 to 1 for `key`; about ten times faster than a generator."""
    digest = blake2b("/".join(map(str, key)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def happens(chance: Random, share: float) -> bool:
    """Returns True in `share` of all cases."""
    return chance.random() < share
