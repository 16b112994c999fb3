"""Which channel a visit belongs to, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attribution.channels import classify, deciding
from app.attribution.sites import by_host, by_word
from app.attribution.source_words import source_words
from app.attribution.touches import Visit, read_visit

SHOP = "https://shop.example/quote"


@pytest.mark.parametrize(
    ("query", "referrer", "channel"),
    [
        ("", "", "Direct"),
        ("", "https://shop.example/", "Direct"),
        ("gclid=Cj0K", "", "Paid Search"),
        ("gbraid=0AAA", "https://www.google.com/", "Paid Search"),
        ("wbraid=0AAA&gad_source=1", "", "Paid Search"),
        ("gclid=Cj0K&utm_source=youtube", "", "Paid Video"),
        ("gclid=Cj0K&utm_medium=display", "", "Display"),
        ("gclid=Cj0K&utm_campaign=cross-network", "", "Cross-network"),
        ("gclid=Cj0K&utm_campaign=Spring+shopping", "", "Paid Shopping"),
        ("gad_source=1", "https://www.google.com/", "Paid Other"),
        ("gad_source=1&utm_source=google&utm_medium=cpc", "", "Paid Search"),
        ("dclid=x", "", "Display"),
        ("msclkid=x", "https://www.bing.com/", "Paid Search"),
        ("ttclid=x", "", "Paid Social"),
        ("li_fat_id=x", "", "Paid Social"),
        ("twclid=x", "", "Paid Social"),
        ("srsltid=x", "https://www.google.com/", "Organic Shopping"),
        ("fbclid=x", "https://l.facebook.com/", "Organic Social"),
        ("fbclid=x", "", "Organic Social"),
        ("fbclid=x&utm_source=facebook&utm_medium=paid_social", "", "Paid Social"),
        ("utm_source=google&utm_medium=cpc", "", "Paid Search"),
        ("utm_source=GOOGLE&utm_medium=PPC", "", "Paid Search"),
        ("utm_source=google&utm_medium=cpm", "", "Display"),
        ("utm_source=partner&utm_medium=cpc", "", "Paid Other"),
        ("utm_source=tiktok&utm_medium=cpc", "", "Paid Social"),
        ("utm_source=youtube.com&utm_medium=cpv", "", "Paid Video"),
        ("utm_source=amazon&utm_medium=cpc", "", "Paid Shopping"),
        ("utm_source=news&utm_medium=email", "", "Email"),
        ("utm_source=e-mail", "", "Email"),
        ("utm_source=flyer&utm_medium=social", "", "Organic Social"),
        ("utm_source=flyer&utm_medium=organic", "", "Organic Search"),
        ("utm_source=x&utm_medium=affiliate", "", "Organic Social"),
        ("utm_source=jim&utm_medium=affiliate", "", "Affiliates"),
        ("utm_source=jim&utm_medium=link", "", "Referral"),
        ("utm_source=radio&utm_medium=audio", "", "Audio"),
        ("utm_source=sms", "", "SMS"),
        ("utm_source=app&utm_medium=web-push", "", "Mobile Push"),
        ("utm_source=flyer&utm_medium=print", "", "Unassigned"),
        ("mc_cid=x", "", "Email"),
        ("", "https://www.google.co.uk/", "Organic Search"),
        ("", "https://duckduckgo.com/", "Organic Search"),
        ("", "https://chatgpt.com/", "AI Assistant"),
        ("", "https://gemini.google.com/", "AI Assistant"),
        ("", "https://mail.google.com/", "Email"),
        ("", "https://m.facebook.com/", "Organic Social"),
        ("", "https://t.co/", "Organic Social"),
        ("", "https://www.youtube.com/", "Organic Video"),
        ("", "https://www.ebay.de/", "Organic Shopping"),
        ("", "https://blog.example.org/", "Referral"),
        ("", "https://google.evil.example/", "Referral"),
    ],
)
def test_the_channel(query: str, referrer: str, channel: str) -> None:
    assert classify(read_visit(f"{SHOP}?{query}", referrer)).channel == channel


@pytest.mark.parametrize(
    ("query", "referrer", "reason"),
    [
        ("gclid=x", "", "Paid Search because the address carried a Google click id (gclid)."),
        ("msclkid=x", "", "Paid Search because the address carried Bing's mark (msclkid)."),
        (
            "utm_source=news&utm_medium=email",
            "",
            "Email because the address said utm_source=news and utm_medium=email.",
        ),
        ("", "https://chatgpt.com/", "AI Assistant because the visitor came from chatgpt.com."),
        ("", "", "Direct because the visitor came without a link from anywhere else."),
        (
            "gclid=x&utm_term={keyword}",
            "",
            "Paid Search because the address carried a Google click id (gclid). The ad platform left a"
            " placeholder unfilled in utm_term, so that was ignored.",
        ),
    ],
)
def test_the_reason(query: str, referrer: str, reason: str) -> None:
    assert classify(read_visit(f"{SHOP}?{query}", referrer)).reason == reason


@pytest.mark.parametrize(
    ("query", "referrer", "words"),
    [
        (
            "gclid=x&utm_source=google&utm_campaign=Spring+roofing&utm_term=metal+roof+repair",
            "",
            "Google Ads · Spring roofing · metal roof repair · /quote",
        ),
        ("", "", "Came directly · /quote"),
        ("msclkid=x", "", "Microsoft Ads · /quote"),
        ("utm_source=facebook&utm_medium=cpc&utm_campaign=May", "", "Facebook ads · May · /quote"),
        ("", "https://www.bing.com/", "Bing search · /quote"),
        ("utm_source=spring&utm_medium=email", "", "E-mail (spring) · /quote"),
        ("", "https://mail.google.com/", "Gmail · /quote"),
        ("", "https://claude.ai/", "Claude · /quote"),
        ("", "https://blog.example.org/x", "blog.example.org · /quote"),
        ("gclid=x&utm_campaign=" + "y" * 200, "", "Google Ads · " + "y" * 79 + "… · /quote"),
    ],
)
def test_the_source_in_words(query: str, referrer: str, words: str) -> None:
    visit = read_visit(f"{SHOP}?{query}", referrer)
    assert source_words(visit, classify(visit)) == words


def test_without_any_address_it_came_directly() -> None:
    assert source_words(Visit(), classify(Visit())) == "Came directly"


@pytest.mark.parametrize(
    ("channels", "index"),
    [
        (["Direct"], 0),
        (["Direct", "Direct"], 1),
        (["Paid Search", "Direct"], 0),
        (["Paid Search", "Email"], 1),
        (["Direct", "Email", "Direct"], 1),
    ],
)
def test_the_last_touch_that_is_not_direct_decides(channels: list[str], index: int) -> None:
    assert deciding(channels) == index


def test_a_lead_has_a_touch() -> None:
    with pytest.raises(ValueError, match="touch"):
        deciding([])


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("www.google.co.uk", "Google"),
        ("GOOGLE.com", "Google"),
        ("mail.google.com", "Gmail"),
        ("uk.search.yahoo.com", "Yahoo"),
        ("l.instagram.com", "Instagram"),
        ("notgoogle.com", "notgoogle.com"),
        ("google.com.evil.example", "google.com.evil.example"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_a_site_by_its_host(host: str, name: str) -> None:
    assert by_host(host).name == name


def test_a_site_by_the_word_for_it() -> None:
    assert by_word(" FB ").name == "Facebook"
    assert by_word("www.facebook.com").name == "Facebook"
    assert by_word("Spring News").name == "Spring News"


@given(st.text(), st.text(), st.text())
def test_anything_has_a_channel_and_words(source: str, medium: str, referrer: str) -> None:
    visit = Visit(utm={"utm_source": source, "utm_medium": medium}, referrer_host=referrer, path="/")
    classified = classify(visit)
    assert classified.channel
    assert source_words(visit, classified)
