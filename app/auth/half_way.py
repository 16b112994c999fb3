"""Between the password and the code: who has got so far, in the form cookie, signed and good for ten minutes.

It holds ids and a mark of the password's hash, so that it ends when the password is changed, and it opens nothing.
"""

import hmac
import uuid
from dataclasses import dataclass

from flask import session as form_cookie
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from app.auth.models import User
from app.core import tenancy
from app.core.ids import secret_hash

SECONDS = 600
_NAME = "half_way"


@dataclass(frozen=True)
class HalfWay:
    """Whose password was right."""

    user_id: uuid.UUID
    company_id: uuid.UUID
    mark: str


def keep(session: Session, user_id: uuid.UUID, secret_key: str) -> None:
    """Note in this browser that the password was right. The session serves the person's company."""
    mark = _mark(session.get_one(User, user_id))
    said = [str(user_id), str(tenancy.company_of(session)), mark]
    form_cookie[_NAME] = _serializer(secret_key).dumps(said)


def read(secret_key: str) -> HalfWay | None:
    """Who it is; none when nobody is, or not any more."""
    try:
        user_id, company_id, mark = _serializer(secret_key).loads(form_cookie.get(_NAME, ""), max_age=SECONDS)
        return HalfWay(uuid.UUID(user_id), uuid.UUID(company_id), mark)
    except (BadData, ValueError, TypeError):
        return None


def is_still_true(session: Session, found: HalfWay) -> bool:
    """False once the password was changed or the person has left. The session serves their company."""
    user = session.get(User, found.user_id)
    return user is not None and hmac.compare_digest(_mark(user), found.mark)


def _mark(user: User) -> str:
    return secret_hash(user.password_hash).hex()[:32]


def _serializer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="half way")
