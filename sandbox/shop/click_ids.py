"""Fresh click ids that look like the real ones: a fixed head, then base64url noise."""

import secrets

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _noise(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def gclid() -> str:
    return f"Cj0KCQiA{_noise(76)}_wcB"


def gbraid() -> str:
    return f"0AAAAAC{_noise(20)}"


def wbraid() -> str:
    return f"CkAKCAjw{_noise(52)}"
