"""A seed that nobody can choose after seeing the children, and everybody can check: committed by hash, revealed at the
end."""

import secrets
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

from parentis.errors import SpecificationError

_PREFIX = "parentis trial seed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """`commitment` is published before the first allocation; `seed` and `salt` are kept closed until the last."""

    seed: str
    salt: str
    commitment: str


def sealed_seed() -> Seal:
    """A new seed of 128 random bits, with a salt, so that trying seeds does not open the commitment."""
    return seal_of(secrets.token_hex(16), secrets.token_hex(16))


def seal_of(seed: str, salt: str) -> Seal:
    return Seal(seed=seed, salt=salt, commitment=sha256(f"{_PREFIX}|{salt}|{seed}".encode()).hexdigest())


def holds(commitment: str, seed: str, salt: str) -> bool:
    """Whether the revealed seed is the one that was committed to."""
    return compare_digest(seal_of(seed, salt).commitment, commitment)


def require_holds(commitment: str, seed: str, salt: str) -> None:
    if not holds(commitment, seed, salt):
        raise SpecificationError(
            expected=f"the seed committed to as {commitment[:12]}…",
            found="another",
            where="trial allocation, seed",
            do="Reveal the seed that was sealed. If it is lost, say so on the evidence card.",
        )


class Draws:
    """Random numbers from a seed and a purpose by SHA-256 of a counter: the same in any language and version."""

    def __init__(self, seed: str, purpose: str) -> None:
        self._key, self._counter = f"{seed}|{purpose}|", 0

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1, all equally likely."""
        most = 2**64 - 2**64 % limit
        while True:
            digest = sha256(f"{self._key}{self._counter}".encode()).digest()
            self._counter += 1
            number = int.from_bytes(digest[:8], "big")
            if number < most:
                return number % limit

    def shuffled(self, items: list[int]) -> list[int]:
        """A new list in random order (Fisher & Yates)."""
        out = list(items)
        for last in range(len(out) - 1, 0, -1):
            other = self.below(last + 1)
            out[last], out[other] = out[other], out[last]
        return out
