"""Words that the templates of the reports need."""

from datetime import date
from functools import partial
from typing import Any

from flask import Flask
from flask_babel import format_date

from app.reports.breakdown import in_words, questions


def install(app: Flask) -> None:
    app.jinja_env.filters.update(day=_day, month=_month, weekday=_weekday)
    app.jinja_env.globals.update(
        report_questions=questions, channel_label=partial(in_words, "channel"), column_heads=_heads
    )


def _day(day: date) -> str:
    return str(format_date(day, "d MMM y"))


def _month(day: date) -> str:
    return str(format_date(day, "LLLL y"))


def _weekday(number: int) -> str:
    """The name of the weekday, 0 being Monday."""
    return str(format_date(date(2024, 1, 1 + number), "ccc"))


def _heads(series: list[str], label: Any) -> list[dict[str, str]]:
    return [{"label": label(name), "align": "end"} for name in series]
