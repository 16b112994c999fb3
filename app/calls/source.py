"""Where a caller came from: the visit that the provider knows of, else the advertisement in which the number stands."""

from dataclasses import dataclass, replace

from app.attribution.channels import DIRECT, classify
from app.attribution.source_words import source_words
from app.attribution.touches import Visit, read_visit
from app.calls.models import CallNumber
from app.core.words import gettext as _
from app.core.words import known
from app.integrations.telephony.news import CallNews


@dataclass(frozen=True, slots=True)
class Origin:
    """The fields of a touchpoint that tell where somebody came from."""

    landing_page: str
    referrer: str
    utm: dict[str, str]
    click_ids: dict[str, str]
    channel: str
    channel_reason: str
    source_words: str


def origin(news: CallNews, number: CallNumber | None) -> Origin:
    """A visit with its own evidence is believed before the number."""
    visit = _visit(news)
    by_number = number is not None and not (visit.utm or visit.click_ids or visit.referrer_host)
    if number is not None and by_number:
        visit = replace(visit, utm=_utm(number))
    classified = classify(visit)
    return Origin(
        landing_page=visit.landing_page,
        referrer=visit.referrer,
        utm=visit.utm,
        click_ids=visit.click_ids,
        channel=classified.channel,
        channel_reason=_reason(classified.channel, classified.reason, number if by_number else None),
        source_words=_("Phone call") if classified.channel == DIRECT else source_words(visit, classified),
    )


def _visit(news: CallNews) -> Visit:
    visit = read_visit(news.landing_page, news.referrer)
    return replace(visit, utm=visit.utm or dict(news.utm), click_ids=dict(news.click_ids) | visit.click_ids)


def _utm(number: CallNumber) -> dict[str, str]:
    said = {"utm_source": number.source, "utm_medium": number.medium, "utm_campaign": number.campaign}
    return {name: value for name, value in said.items() if value}


def _reason(channel: str, reason: str, number: CallNumber | None) -> str:
    if number is not None:
        return _(
            "%(channel)s because they called %(number)s, your number for %(source)s.",
            channel=known(channel),
            number=number.number_e164,
            source=number.source,
        )
    if channel == DIRECT:
        return _("They called. Which advertising led them to it is not known.")
    return reason
