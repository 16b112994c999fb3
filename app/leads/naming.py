"""What an address of the table may name beside a stage: a member as the owner, and a tag. One statement for both."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, cast, func, literal_column, select, true
from sqlalchemy.orm import Session

from app.auth.models import Member, User
from app.core.gates import fetch, ready
from app.core.tenancy import company_of
from app.fields.models import CustomField
from app.leads.models import Tag


class Named(NamedTuple):
    """What an address may name beside a stage."""

    owner_id: UUID | None = None
    owner: str | None = None
    tag_id: UUID | None = None
    tag: str | None = None
    field: CustomField | None = None


_company = bindparam("company_id", type_=Uuid())
_wanted = bindparam("tag", type_=Text())
_owner_of = (
    select(User.id, User.name)
    .join(Member, Member.user_id == User.id)
    .where(Member.company_id == _company, User.id == bindparam("owner_id", type_=Uuid()))
    .subquery()
)
_tag_of = (
    select(Tag.id, Tag.name)
    .where(
        Tag.company_id == _company,
        (func.lower(Tag.name) == func.lower(_wanted)) | (cast(Tag.id, Text) == _wanted),
    )
    .limit(literal_column("1"))
    .subquery()
)
_NAMED = ready(
    select(_owner_of.c.id, _owner_of.c.name, _tag_of.c.id, _tag_of.c.name)
    .select_from(select(literal_column("1")).subquery())
    .outerjoin(_owner_of, true())
    .outerjoin(_tag_of, true())
)


def named(session: Session, owner_id: UUID | None, tag: str) -> Named:
    """The member, and the tag by its name or id: their ids and names, none for what the company does not have."""
    given = {"company_id": company_of(session), "owner_id": owner_id, "tag": tag}
    (row,) = fetch(session, _NAMED, given)
    return Named(*row)
