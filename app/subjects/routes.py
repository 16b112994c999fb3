"""Erasing a lead, and the list of leads that were erased."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.auth.access import actor, allow
from app.companies.vault import open_vault
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.pagination import Position
from app.core.services import services
from app.core.words import gettext as _
from app.leads import queries as lead_queries
from app.leads.rows import title
from app.subjects import erasing, queries, words

blueprint = Blueprint("subjects", __name__)


@blueprint.get("/leads/<uuid:lead_id>/erasure")
@allow("owner", "admin")
def ask_to_erase(lead_id: uuid.UUID) -> str:
    return _erasure_page(lead_id)


@blueprint.post("/leads/<uuid:lead_id>/erasure")
@allow("owner", "admin")
def erase(lead_id: uuid.UUID) -> Response | tuple[str, int]:
    session = db.session()
    lead_queries.lead(session, lead_id)
    try:
        box = open_vault(session, services().key_ring)
        erasing.erase(session, lead_id, reason=request.form.get("reason", ""), actor=actor(), box=box)
    except InvalidInputError as error:
        return _erasure_page(lead_id, error.sentence), 422
    session.commit()
    flash(_("The lead is erased. Your totals still count it, without anything about the person."), "success")
    return redirect(url_for("leads.index"), code=303)


@blueprint.get("/settings/erased-leads")
@allow("owner", "admin")
def erased() -> str:
    found, older = queries.erasures(db.session(), Position.parse(request.args.get("after", "")))
    return render_template(
        "subjects/erased.html",
        erasures=found,
        reasons=words.REASONS,
        older=url_for("subjects.erased", after=older.token()) if older else None,
    )


def _erasure_page(lead_id: uuid.UUID, error: str = "") -> str:
    lead = lead_queries.lead(db.session(), lead_id)
    return render_template(
        "subjects/erase.html",
        lead=lead,
        title=title(lead.name, lead.email, lead.phone),
        loss=erasing.loss(db.session(), lead_id),
        losses=words.losses(erasing.loss(db.session(), lead_id).rows),
        reasons=[{"value": key, "label": label} for key, label in words.REASONS.items()],
        time_zone=current_user.time_zone,
        error=error,
    )
