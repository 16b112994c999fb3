"""What the templates of the table of leads need."""

from flask import Flask

from app.leads.rows import rows


def install(app: Flask) -> None:
    app.jinja_env.filters["lead_rows"] = rows
