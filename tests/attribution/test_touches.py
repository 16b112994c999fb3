"""What an address says of a visit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attribution.touches import UTM_KEYS, read_visit

SHOP = "https://shop.example/quote"


def test_the_nine_utm_values_are_kept_as_they_arrived() -> None:
    query = "&".join(f"{key}=Spring+Roofing%20{number}" for number, key in enumerate(sorted(UTM_KEYS)))
    visit = read_visit(f"{SHOP}?{query}&utm_other=no")
    assert visit.utm == {key: f"Spring Roofing {number}" for number, key in enumerate(sorted(UTM_KEYS))}


@pytest.mark.parametrize(
    ("query", "utm"),
    [
        ("utm_source=first&utm_source=second", {"utm_source": "first"}),
        ("UTM_Source=Google", {"utm_source": "Google"}),
        ("utm_source=%20news%20", {"utm_source": "news"}),
        ("utm_source=", {}),
        ("utm_source=&utm_source=later", {"utm_source": "later"}),
        ("utm_term=" + "x" * 300, {"utm_term": "x" * 255}),
        ("utm_term=a%00b%0Ac", {"utm_term": "a b c"}),
    ],
)
def test_utm_values(query: str, utm: dict[str, str]) -> None:
    assert read_visit(f"{SHOP}?{query}").utm == utm


@pytest.mark.parametrize(
    "placeholder", ["{keyword}", "{{campaign.name}}", "%7Bkeyword%7D", "x-{adgroupid}", "%25%25site%25%25"]
)
def test_an_unfilled_placeholder_is_no_value_but_is_remembered(placeholder: str) -> None:
    visit = read_visit(f"{SHOP}?utm_source=google&utm_term={placeholder}")
    assert visit.utm == {"utm_source": "google"}
    assert visit.unfilled == ("utm_term",)


@pytest.mark.parametrize(
    ("query", "click_ids"),
    [
        ("gclid=Cj0KCQjwABCdef_-9", {"gclid": "Cj0KCQjwABCdef_-9"}),
        ("GCLID=MiXeD", {"gclid": "MiXeD"}),
        ("gbraid=0AAAAA&wbraid=Cl8K", {"gbraid": "0AAAAA", "wbraid": "Cl8K"}),
        ("gad_source=1&gad_campaignid=22", {"gad_source": "1", "gad_campaignid": "22"}),
        ("gclid=TEST_CLICK_NOT_FOUND", {"gclid": "TEST_CLICK_NOT_FOUND"}),
        ("ScCid=abc&twclid=2-x", {"sccid": "abc", "twclid": "2-x"}),
        ("gclid=" + "a" * 500, {"gclid": "a" * 500}),
        ("gclid=" + "a" * 501, {}),
        ("gclid=with%20space", {}),
        ("gclid=%3Cscript%3E&msclkid=1", {"gclid": "<script>", "msclkid": "1"}),
        ("gclid={gclid}", {}),
        ("gclid=", {}),
    ],
)
def test_click_ids(query: str, click_ids: dict[str, str]) -> None:
    assert read_visit(f"{SHOP}?{query}").click_ids == click_ids


@pytest.mark.parametrize(
    ("address", "stored"),
    [
        ("https://shop.example/a?b=1#top", "https://shop.example/a?b=1"),
        ("https://jane:secret@shop.example:8443/", "https://shop.example:8443/"),
        ("https://shop.example", "https://shop.example/"),
        ("https://shop.example/?mc_eid=jane&utm_source=news", "https://shop.example/?utm_source=news"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//shop.example/a", ""),
        ("http://[::1", ""),
        ("", ""),
        ("https://shop.example/" + "a" * 5000, "https://shop.example/" + "a" * 2027),
    ],
)
def test_the_stored_address(address: str, stored: str) -> None:
    assert read_visit(address).landing_page == stored
    assert read_visit(SHOP, address).referrer == stored


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://www.google.com/", "www.google.com"),
        ("https://shop.example/other", ""),
        ("https://www.shop.example/other", ""),
        ("https://blog.shop.example/", "blog.shop.example"),
        ("android-app://com.google.android.gm", ""),
        ("", ""),
    ],
)
def test_a_page_of_the_same_site_is_no_referrer(referrer: str, host: str) -> None:
    assert read_visit(SHOP, referrer).referrer_host == host


def test_the_mark_of_a_test_lead() -> None:
    assert read_visit(f"{SHOP}?leader_test=1").is_test
    assert not read_visit(f"{SHOP}?leader_test=0").is_test


@given(st.text(), st.text())
def test_reading_never_fails(address: str, referrer: str) -> None:
    read_visit(address, referrer)


@given(st.text(), st.binary())
def test_reading_an_address_never_fails_and_gives_storable_text(path: str, query: bytes) -> None:
    visit = read_visit(f"https://shop.example/{path}?utm_source={path}&{query.decode('latin-1')}", path)
    for text in (
        visit.landing_page,
        visit.referrer,
        visit.path,
        *visit.utm.values(),
        *visit.click_ids.values(),
    ):
        assert "\x00" not in text
        text.encode()
