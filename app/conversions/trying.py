"""Asking for a conversion to be tried out with Google: a line on the receipt, and a bell for the worker."""

import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversions import outbox, standing
from app.conversions.models import ConversionUpload
from app.core.errors import InvalidInputError, NotFoundError
from app.core.queue import ring_after_commit
from app.core.tenancy import company_of
from app.core.words import gettext as _

JOB = "app.conversions.jobs.try_out"
ANSWERED_WITHIN = timedelta(minutes=1)
"""After this the answer is not waited for any more: the bell was lost. It can be asked for again."""


def ask(session: Session, upload_id: uuid.UUID) -> None:
    """Raises NotFoundError, and InvalidInputError when there is nothing to send."""
    upload = session.scalars(
        select(ConversionUpload).where(ConversionUpload.id == upload_id).with_for_update()
    ).one_or_none()
    if upload is None:
        raise NotFoundError(_("There is no such conversion."))
    if not standing.may_try_out(session, upload):
        raise InvalidInputError(_("There is nothing to try out: nothing of this lead would be sent."))
    outbox.add_entry(session, upload.id, "trying")
    ring_after_commit(session, "conversions", JOB, str(company_of(session)), str(upload.id))
