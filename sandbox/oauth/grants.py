"""Who allowed which client what: one live grant per person and client, and hashes of its codes and tokens.

Revoking any token ends the whole grant, as at Google.
"""

import secrets
import sqlite3
import time
from dataclasses import dataclass
from hashlib import sha256

from sandbox.store import Store

ACCESS_SECONDS = 3599
CODE_SECONDS = 600


@dataclass(frozen=True)
class Token:
    """A live token: whose it is and what it may do."""

    grant_id: int
    client_id: str
    person: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Code:
    """An authorization code that was just spent."""

    token: Token
    redirect_uri: str
    challenge: str
    nonce: str
    offline: bool


def digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


class Grants:
    def __init__(self, store: Store) -> None:
        self._store = store

    def scopes(self, client_id: str, person: str) -> tuple[str, ...]:
        """What the person allows the client now; empty without a live grant."""
        row = self._store.one(
            "select scopes from grants where client_id = ? and person = ? and revoked_at is null",
            client_id,
            person,
        )
        return tuple(row["scopes"].split()) if row else ()

    def allow(self, client_id: str, person: str, scopes: tuple[str, ...]) -> int:
        """Adds scopes to the live grant, or makes one. Returns its id."""
        with self._store.transaction() as db:
            all_scopes = " ".join(dict.fromkeys((*self.scopes(client_id, person), *scopes)))
            row = db.execute(
                "insert into grants (client_id, person, scopes, created_at) values (?, ?, ?, ?)"
                " on conflict (client_id, person) where revoked_at is null"
                " do update set scopes = excluded.scopes returning id",
                (client_id, person, all_scopes, time.time()),
            ).fetchone()
            return int(row["id"])

    def issue_code(
        self,
        grant_id: int,
        scopes: tuple[str, ...],
        *,
        redirect_uri: str,
        challenge: str,
        nonce: str,
        offline: bool,
    ) -> str:
        code = "4/0" + secrets.token_urlsafe(40)
        with self._store.transaction() as db:
            db.execute(
                "insert into codes values (?, ?, ?, ?, ?, ?, ?, ?, null)",
                (
                    digest(code),
                    grant_id,
                    " ".join(scopes),
                    redirect_uri,
                    challenge,
                    nonce,
                    offline,
                    time.time() + CODE_SECONDS,
                ),
            )
        return code

    def spend_code(self, code: str) -> Code | None:
        """Works once: the code is used up even when the rest of the exchange is refused."""
        with self._store.transaction() as db:
            row = db.execute(
                "update codes set used_at = ?1 where hash = ?2 and used_at is null and expires_at > ?1 returning *",
                (time.time(), digest(code)),
            ).fetchone()
            grant = row and self._live_grant(row["grant_id"])
            if not grant:
                return None
            token = Token(grant["id"], grant["client_id"], grant["person"], tuple(row["scopes"].split()))
            return Code(token, row["redirect_uri"], row["challenge"], row["nonce"], bool(row["offline"]))

    def issue(self, kind: str, token: Token) -> str:
        """A new access or refresh token with the grant and scopes of `token`."""
        value = ("ya29." if kind == "access" else "1//0") + secrets.token_urlsafe(48)
        now = time.time()
        expires_at = now + ACCESS_SECONDS if kind == "access" else None
        with self._store.transaction() as db:
            db.execute(
                "insert into tokens values (?, ?, ?, ?, ?, ?, ?)",
                (digest(value), kind, token.grant_id, " ".join(token.scopes), value[-4:], now, expires_at),
            )
        return value

    def find(self, value: str, kind: str) -> Token | None:
        """The token, unless it is unknown, of another kind, expired or revoked."""
        row = self._store.one(
            "select g.id, g.client_id, g.person, t.scopes from tokens t join grants g on g.id = t.grant_id"
            " where t.hash = ? and t.kind = ? and g.revoked_at is null"
            " and (t.expires_at is null or t.expires_at > ?)",
            digest(value),
            kind,
            time.time(),
        )
        if row is None:
            return None
        return Token(row["id"], row["client_id"], row["person"], tuple(row["scopes"].split()))

    def revoke_token(self, value: str) -> bool:
        """Ends the grant that the token belongs to. False for a token that is unknown, expired or dead."""
        token = self.find(value, "access") or self.find(value, "refresh")
        return token is not None and self.revoke(token.grant_id, by="the client")

    def revoke(self, grant_id: int, *, by: str) -> bool:
        with self._store.transaction() as db:
            done = db.execute(
                "update grants set revoked_at = ?, revoked_by = ? where id = ? and revoked_at is null",
                (time.time(), by, grant_id),
            )
            return done.rowcount == 1

    def _live_grant(self, grant_id: int) -> sqlite3.Row | None:
        return self._store.one("select * from grants where id = ? and revoked_at is null", grant_id)
