"""The key that signs tokens: made once per folder, readable by its owner only."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from .._login import write_private

ALGORITHM = "RS256"


class SigningKey:
    """An RSA key pair.

    Parameters
    ----------
    private : RSAPrivateKey
        Signs; its public half goes into the key set.
    """

    def __init__(self, private: RSAPrivateKey) -> None:
        self._private = private
        self.public = private.public_key()
        numbers = self.public.public_numbers()
        self._n = _base64url(numbers.n)
        self._e = _base64url(numbers.e)
        self.kid = hashlib.sha256(self._n.encode()).hexdigest()[:32]

    @classmethod
    def of_folder(cls, folder: Path) -> "SigningKey":
        """Return the key of a practice folder, making it at the first call."""
        path = folder / "signing-key.pem"
        if not path.exists():
            pem = _new().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            write_private(path, pem.decode("ascii"))
        private = load_pem_private_key(path.read_bytes(), None)
        if not isinstance(private, RSAPrivateKey):
            raise ValueError(f"{path} is no RSA key: remove it, and a new one is made")
        return cls(private)

    @classmethod
    def stranger(cls) -> "SigningKey":
        """Return a key that nobody knows."""
        return cls(_new())

    def sign(self, claims: dict[str, Any]) -> str:
        """Return the claims as a signed token."""
        return jwt.encode(claims, self._private, ALGORITHM, headers={"kid": self.kid})

    def key_set(self) -> dict[str, Any]:
        """Return the public key as a JSON Web Key Set."""
        key = {"kid": self.kid, "kty": "RSA", "alg": ALGORITHM, "use": "sig", "n": self._n, "e": self._e}
        return {"keys": [key]}


def _new() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def _base64url(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
