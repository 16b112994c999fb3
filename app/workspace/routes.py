"""Narrowing the table, and what is done with many leads at once."""

from flask import Blueprint, Response, request
from flask_login import current_user

from app.core.db import db
from app.core.htmx import page_or_partial
from app.core.money import CURRENCIES
from app.leads.filters import Asked
from app.workspace.choices import choices

blueprint = Blueprint("workspace", __name__)


@blueprint.get("/leads/filters")
def show_filters() -> Response:
    return page_or_partial(
        "workspace/filters.html",
        "workspace/_filter_form.html",
        asked=Asked.of(request.args),
        choices=choices(db.session()),
        currency_sign=CURRENCIES[current_user.currency][0].strip(),
    )
