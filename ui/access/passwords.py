"""Passwords, kept as Argon2id hashes with the parameters of RFC 9106 for machines of little memory."""

from __future__ import annotations

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200


class Passwords:
    """Hashes passwords and compares them."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)
        self._decoy = ""

    def hash(self, password: str) -> str:
        """Returns what is kept of a password."""
        return self._hasher.hash(password.encode("utf-8", "surrogatepass"))

    def fits(self, kept: str | None, password: str) -> bool:
        """Tells whether a password is the one kept; takes as long when there is none to compare with."""
        if kept is None:
            # Otherwise the time of an answer would tell which users there are.
            self._decoy = self._decoy or self.hash("nobody has this")
        try:
            return self._hasher.verify(kept or self._decoy, password.encode("utf-8", "surrogatepass")) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False
