"""The jobs behind the bell: send what is due, and forget what is over."""

import time
from datetime import timedelta

import structlog
from flask import current_app

from app.core.db import db
from app.core.errors import LeaderError, RetryableError
from app.core.services import services
from app.integrations.mail import Postbox
from app.mailing import gates, letters, outbox

log = structlog.get_logger()

LEASE = timedelta(minutes=5)
"""Longer than the mail server's time-outs of one sending together."""
LONGEST_RUN = 30.0


def send_due() -> None:
    """Claim, send and settle one mail after the other until none is due. Without a MAIL_URL they wait."""
    settings = services().settings
    if not settings.mail_url:
        return
    sender = letters.Sender(settings.mail_from, settings.base_url)
    end = time.monotonic() + LONGEST_RUN
    with Postbox(settings.mail_url) as postbox:
        while time.monotonic() < end and (mail := _claim_one()):
            _send(postbox, sender, mail)


def purge() -> None:
    """Forget mails whose retention has passed."""
    gates.purge(db.session())
    db.session.commit()


def _claim_one() -> gates.Claimed | None:
    claimed = gates.claim(db.session(), most=1, lease=LEASE)
    db.session.commit()
    return claimed[0] if claimed else None


def _send(postbox: Postbox, sender: letters.Sender, mail: gates.Claimed) -> None:
    """Whatever goes wrong with one mail is written down with it and keeps no other waiting."""
    state, reason = "sent", ""
    try:
        postbox.send(letters.write(current_app.jinja_env, sender, mail))
    except RetryableError as error:
        state, reason = ("failed" if outbox.is_tried_enough(mail.created_at) else "pending"), error.reason
    except LeaderError as error:
        state, reason = "failed", error.reason
    except Exception:
        log.exception("mail_not_written", mail=str(mail.id), template=mail.template)
        state, reason = "failed", "not written"
    pause = outbox.pause_before_retry(mail.attempts) if state == "pending" else None
    gates.settle(db.session(), mail, state, reason, pause)
    db.session.commit()
