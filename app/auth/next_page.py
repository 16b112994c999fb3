"""Where to go after signing in: a page of our own, never someone else's."""

from urllib.parse import urlsplit

_MAX_LENGTH = 1000


def own_path(address: str | None) -> str | None:
    """The address when it is a path on this site, else none.

    Browsers take `//host`, `/\\host` and addresses with tabs or line breaks in them for other sites.
    """
    if not address or len(address) > _MAX_LENGTH:
        return None
    if not address.startswith("/") or address.startswith("//") or "\\" in address:
        return None
    if any(character.isspace() or not character.isprintable() for character in address):
        return None
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else None


def path_of(address: str | None) -> str | None:
    """The path and query of a whole address that our own page named, such as HX-Current-URL."""
    if not address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return own_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)
