"""A forgotten password: a link by mail that works once and for thirty minutes."""

from sqlalchemy.orm import Session

from app.auth import profile, two_step
from app.auth.passwords import Hasher
from app.core import tenancy
from app.core.ids import secret_hash
from app.mailing import outbox
from app.recovery import gates, links


def ask(session: Session, email: str) -> None:
    """Mail a link to whoever has this address. For an address that nobody has the same rows are written and nothing
    is sent, so that neither the answer nor its time tells which addresses are known."""
    if not links.may_mail(session, "reset_password", email):
        return
    found = gates.find_person(session, email)
    token = links.make(session, "reset", found.user_id if found else None, email)
    name = found.name if found and found.is_confirmed else ""  # else anybody's words, on the way to somebody else
    values = {"name": name, "path": f"/reset-password/{token}"}
    post = outbox.post if found else outbox.feign
    post(session, "reset_password", to=email, **values)


def read(session: Session, token: str) -> gates.OpenLink | None:
    """Whose password the link may change; none when it no longer works."""
    return gates.read_link(session, secret_hash(token), "reset")


def reset(session: Session, token: str, *, new: str, hasher: Hasher) -> bool:
    """Set the new password and end every session of the person. False when the link no longer works."""
    link = read(session, token)
    if link is None or not gates.use_reset(session, secret_hash(token)):
        return False
    tenancy.serve(session, link.company_id)
    profile.set_password(session, link.user_id, link.name, new, hasher)
    if not link.is_confirmed:
        two_step.forget(session, link.user_id)
    return True
