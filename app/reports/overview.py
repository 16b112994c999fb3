"""The first page of the reports: the figures of the period against the one before, and what needs attention."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.companies.models import Company
from app.connections.models import Connection
from app.conversions.models import ConversionUpload
from app.core.clock import utc_now
from app.core.tenancy import company_of
from app.core.words import gettext as _
from app.core.words import ngettext
from app.follow_up import queries as team
from app.leads.models import Lead, Stage
from app.reports import costs, drawing, queries, words
from app.reports.breakdown import Breakdown, break_down, in_words
from app.reports.drawing import Columns
from app.reports.periods import Period
from app.reports.queries import Totals

_MOST_COUNTED = 100


@dataclass(frozen=True)
class Tile:
    """One figure, and how it compares with the period before."""

    label: str
    value: str
    detail: str
    tone: str


@dataclass(frozen=True)
class Attention:
    """Something that waits for somebody. `place` is the endpoint where it is dealt with."""

    sentence: str
    place: str
    tone: str


@dataclass(frozen=True)
class Overview:
    tiles: Sequence[Tile]
    chart: Columns
    channels: Breakdown
    attention: Sequence[Attention]
    caution: str


def overview(session: Session, period: Period, *, model: str, currency: str) -> Overview:
    now, before = queries.total(session, period), queries.total(session, period.before())
    days = queries.leads_by_day(session, "channel", period, model)
    channels = queries.by_key(session, "channel", period, model)
    return Overview(
        tiles=[*_tiles(now, before, currency), *_cost_tiles(session, period, currency)],
        chart=drawing.over_time(days, period, rest=_("All others")),
        channels=break_down(channels, currency=currency, label=partial(in_words, "channel")),
        attention=attention(session),
        caution=words.thin(now.counts.leads),
    )


def _tiles(now: Totals, before: Totals, currency: str) -> list[Tile]:
    tiles = []
    for label, name in ((_("Leads"), "leads"), (_("Worth a quote"), "quotable"), (_("Won"), "won")):
        value, earlier = getattr(now.counts, name), getattr(before.counts, name)
        tiles.append(Tile(label, words.leads(value), *words.change(value, earlier)))
    value, earlier = now.money.get(currency, 0), before.money.get(currency, 0)
    tiles.append(Tile(_("Value won"), words.money(now.money, currency), *words.change(value, earlier)))
    answered = words.share(now.counts.answered, now.counts.leads)
    tiles.append(
        Tile(
            _("Answered"),
            answered,
            _("%(share)s in the period before", share=words.share(before.counts.answered, before.counts.leads)),
            "neutral",
        )
    )
    return tiles


def _cost_tiles(session: Session, period: Period, currency: str) -> list[Tile]:
    """What advertising cost, each lead of it, and what came back; nothing while no costs are known."""
    spent = costs.spent(session, period)
    if not spent.money:
        return []
    clicked = costs.clicked(queries.by_key(session, "click_id", period))
    leads = _("%(leads)s leads that clicked a Google ad", leads=words.leads(clicked.counts.leads))
    tiles = [Tile(_("Cost of Google Ads"), words.money(spent.money, currency), leads, "neutral")]
    per_lead = spent.per_lead(clicked.counts.leads, currency)
    returned = spent.returned(clicked.money.get(currency, 0), currency)
    if per_lead:
        tiles.append(Tile(_("Cost of each of them"), per_lead, words.thin(clicked.counts.leads), "neutral"))
    if returned:
        sentence = _("%(won)s won of them", won=words.money(clicked.money, currency))
        tiles.append(Tile(_("Came back for each 1 spent"), returned, sentence, "neutral"))
    return tiles


def attention(session: Session) -> list[Attention]:
    """At most three things, the most pressing first."""
    return [each for each in (_broken(session), _unanswered(session), _refused(session)) if each][:3]


def _broken(session: Session) -> Attention | None:
    statement = select(Connection.id).where(Connection.state == "needs_reconnect").limit(1)
    if session.scalar(statement) is None:
        return None
    return Attention(
        _("Google no longer lets Leader in. Connect again, so that no sale goes unreported."),
        "connections.index",
        "bad",
    )


def _unanswered(session: Session) -> Attention | None:
    """Counted up to a hundred only: whoever has more needs no exact figure."""
    company = session.get_one(Company, company_of(session))
    waiting = (
        select(Lead.id)
        .join(Stage, Stage.id == Lead.stage_id)
        .where(
            team.waits_for_answer(with_samples=company.is_demo),
            Lead.created_at < utc_now() - timedelta(days=1),
        )
        .limit(_MOST_COUNTED)
        .subquery()
    )
    count = session.scalar(select(func.count()).select_from(waiting)) or 0
    if not count:
        return None
    if count == _MOST_COUNTED:
        sentence = _("More than %(most)s leads have waited for an answer for over a day.", most=_MOST_COUNTED - 1)
    else:
        sentence = ngettext(
            "%(num)s lead has waited for an answer for over a day.",
            "%(num)s leads have waited for an answer for over a day.",
            count,
        )
    return Attention(sentence, "follow_up.show_today", "waiting")


def _refused(session: Session) -> Attention | None:
    refused = (
        select(ConversionUpload.id)
        .where(
            ConversionUpload.state.in_(("rejected", "parked")),
            ConversionUpload.created_at > utc_now() - timedelta(days=30),
        )
        .limit(_MOST_COUNTED)
        .subquery()
    )
    count = session.scalar(select(func.count()).select_from(refused)) or 0
    if not count:
        return None
    sentence = ngettext(
        "Google did not take %(num)s sale of the last 30 days.",
        "Google did not take %(num)s sales of the last 30 days.",
        count,
    )
    return Attention(sentence, "conversions.index", "bad")
