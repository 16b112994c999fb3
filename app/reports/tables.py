"""Reports as CSV: the same lines as on the page, safe to open in a spreadsheet."""

import csv
import io

from app.core.spreadsheets import guarded
from app.core.words import gettext as _
from app.reports.breakdown import Breakdown


def headings(question: str, *, has_costs: bool) -> list[str]:
    names = [question, _("Leads"), _("Share"), _("Worth a quote"), _("Won"), _("Won of those decided"), _("Value won")]
    return [*names, _("Cost"), _("Cost per lead")] if has_costs else names


def to_csv(question: str, breakdown: Breakdown) -> str:
    """RFC 4180 with a byte order mark, by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings(question, has_costs=breakdown.has_costs))
    for line in (*breakdown.lines, breakdown.total):
        cells = (line.label, line.leads, line.share, line.quotable, line.won, line.win_rate, line.value)
        writer.writerow(guarded((*cells, line.cost, line.cost_per_lead) if breakdown.has_costs else cells))
    return "\ufeff" + out.getvalue()
