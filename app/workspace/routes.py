"""Narrowing the table, and what is done with many leads at once."""

from flask import Blueprint, Response, request, stream_with_context
from flask_login import current_user

from app.auth.access import actor, allow
from app.core.clock import utc_now
from app.core.db import db
from app.core.htmx import page_or_partial
from app.core.money import CURRENCIES
from app.core.tenancy import company_of
from app.leads import filters, stages
from app.leads.filters import Asked, Filters
from app.leads.routes import reader
from app.workspace import exporting
from app.workspace.choices import choices

blueprint = Blueprint("workspace", __name__)


@blueprint.get("/leads/filters")
def show_filters() -> Response:
    return page_or_partial(
        "workspace/filters.html",
        "workspace/_filter_form.html",
        asked=Asked.of(request.args),
        choices=choices(db.session()),
        may_export=current_user.role != "viewer",
        currency_sign=CURRENCIES[current_user.currency][0].strip(),
    )


@blueprint.get("/leads/export.csv")
@allow("owner", "admin", "member")
def export() -> Response:
    asked = Asked.of(request.args)
    chosen, company_id = _chosen(asked), company_of(db.session())
    exporting.note(db.session(), asked, actor=actor())
    db.session.commit()
    content = exporting.pieces(db.session.session_factory, company_id, chosen, time_zone=current_user.time_zone)
    name = f"leader-leads-{utc_now():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(stream_with_context(content), content_type="text/csv; charset=utf-8", headers=headers)


def _chosen(asked: Asked) -> Filters:
    """Raises NotFoundError and InvalidInputError, as the table does."""
    named = filters.name(db.session(), asked, reader())
    return filters.parse(stages.in_order(db.session()), asked, reader(), named)
