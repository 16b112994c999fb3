"""What columns, days and totals of a cost report are called: Google's own words in the languages of most accounts."""

import re
from datetime import date, datetime

HEADINGS = {
    **dict.fromkeys(("day", "date", "tag", "datum", "jour", "día", "dia", "fecha", "data", "giorno", "dag"), "day"),
    **dict.fromkeys(
        ("campaign", "campaign name", "kampagne", "campagne", "campaña", "campanha", "campagna", "kampanj"), "campaign"
    ),
    **dict.fromkeys(("campaign id", "kampagnen-id", "id de campaña", "id de la campagne"), "campaign_id"),
    **dict.fromkeys(
        ("cost", "amount spent", "spend", "kosten", "coût", "cout", "coste", "costo", "custo", "kostnad"), "cost"
    ),
    **dict.fromkeys(("clicks", "klicks", "clics", "cliques", "clic", "klick", "klikken"), "clicks"),
    **dict.fromkeys(
        ("impr", "impressions", "impressionen", "impresiones", "impressões", "impressioni", "vertoningen"),
        "impressions",
    ),
    **dict.fromkeys(
        ("currency code", "currency", "währungscode", "währung", "devise", "code de devise", "moneda", "valuta"),
        "currency",
    ),
    **dict.fromkeys(("customer id", "account id", "kundennummer", "id de cliente", "numéro client"), "customer"),
}
"""A heading in small letters → the field."""

_TOTAL = re.compile(r"(total|gesamt|summe|totale|totaal|totaux|totales)\b", re.IGNORECASE)
_SPELLED = ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y")
_NUMBERS = re.compile(r"(?a)(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


def is_total(cell: str) -> bool:
    return _TOTAL.match(cell) is not None


def day_of(text: str, *, is_month_first: bool) -> date | None:
    """ "2026-11-24", "24.11.2026", "11/24/2026", "Nov 24, 2026". Where both orders are possible the company's holds."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    if found := _NUMBERS.fullmatch(text):
        first, second, year = (int(part) for part in found.groups())
        swap = second > 12 or (is_month_first and first <= 12)
        try:
            return date(year, first, second) if swap else date(year, second, first)
        except ValueError:
            return None
    for spelled in _SPELLED:
        try:
            return datetime.strptime(text, spelled).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
