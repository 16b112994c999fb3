"""ID tokens: RS256 with a key of our own, whose public half is served at /oauth2/v1/certs."""

import base64
import json
import os
import time
from pathlib import Path
from typing import cast

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KEY_ID = "practice"
LIFETIME_SECONDS = 3600


class IdTokens:
    """The key is made when it is first needed, and kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "id_token.key"
        self._key: rsa.RSAPrivateKey | None = None
        self.issuer = ""

    def make(self, audience: str, nonce: str, claims: dict[str, object]) -> str:
        now = int(time.time())
        payload = {"iss": self.issuer, "aud": audience, "iat": now, "exp": now + LIFETIME_SECONDS, **claims}
        if nonce:
            payload["nonce"] = nonce
        signed = ".".join(_encode_json(part) for part in ({"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}, payload))
        signature = self._private_key().sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_encode(signature)}"

    def public_keys(self) -> dict[str, str]:
        """PEM by key id, the form that google.oauth2.id_token reads."""
        key = self._private_key().public_key()
        pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return {KEY_ID: pem.decode()}

    def _private_key(self) -> rsa.RSAPrivateKey:
        if self._key is None:
            if not self._file.exists():
                _create(self._file)
            # The file is our own, so the type is known.
            key = serialization.load_pem_private_key(self._file.read_bytes(), None)
            self._key = cast(rsa.RSAPrivateKey, key)
        return self._key


def _create(file: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    temporary = file.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(pem)
    temporary.replace(file)


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _encode_json(value: object) -> str:
    return _encode(json.dumps(value, separators=(",", ":")).encode())
