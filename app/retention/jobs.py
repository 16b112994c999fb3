"""The nightly work: leads and messages whose time is over. In batches, each a transaction of its own."""

import time
import uuid
from collections.abc import Sequence
from datetime import datetime

import structlog

from app.core import events, tenancy
from app.core.clock import utc_now
from app.core.db import db
from app.core.services import services
from app.retention import anonymising, gates, queries, rules

log = structlog.get_logger()

BATCH = 200
LONGEST_RUN = 60.0


def end_due() -> None:
    """Work through every company with a rule. What goes wrong with one must not keep the others."""
    end = time.monotonic() + LONGEST_RUN
    for company_id in gates.companies_with_rules(db.session()):
        db.session.remove()
        try:
            tenancy.serve(db.session(), company_id)
            while time.monotonic() < end and _end_some():
                pass
        except Exception:
            db.session.rollback()
            log.exception("retention_interrupted", company=str(company_id))


def _end_some() -> bool:
    """One batch of the served company. False when nothing is left."""
    held = rules.read(db.session())
    leads, messages = held["leads"], held["messages"]
    done = 0
    if leads.months is not None and not leads.is_announced:
        before = rules.active_since(utc_now(), leads.months)
        due = queries.due_leads(db.session(), before, BATCH)
        done += _anonymise(due, before) if due else 0
    if messages.months is not None and not messages.is_announced:
        done += gates.purge_messages(db.session(), rules.active_since(utc_now(), messages.months), BATCH)
    db.session.commit()
    return done > 0


def _anonymise(due: Sequence[uuid.UUID], before: datetime) -> int:
    session = db.session()
    done = anonymising.anonymise(session, due, before=before, marker=services().marker)
    if done:
        events.record(session, "retention.anonymised", leads=done)
    return done
