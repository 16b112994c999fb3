"""Whose language a text is in, and what it says there."""

from datetime import timedelta

import pytest
from flask import Flask

from app.core import words
from app.core.clock import utc_now
from app.core.money import format_money, to_minor
from app.core.template_filters import ago, local_time
from app.core.words import gettext, in_language, lazy_gettext, ngettext

LABEL = lazy_gettext("Sign in")


@pytest.mark.parametrize(
    ("headers", "cookie", "expected"),
    [
        ({}, "", "en"),
        ({"Accept-Language": "ar-EG,ar;q=0.9,en;q=0.8"}, "", "ar"),
        ({"Accept-Language": "fr-FR,fr;q=0.9"}, "", "en"),
        ({"Accept-Language": "fr, ar;q=0.5"}, "", "ar"),
        ({"Accept-Language": "ar"}, "en", "en"),
        ({"Accept-Language": "en"}, "ar", "ar"),
        ({"Accept-Language": "ar"}, "tlh", "ar"),
        ({"Accept-Language": "\x00;;q=,,*"}, "", "en"),
    ],
)
def test_the_browser_speaks_first_by_its_cookie_then_by_its_wishes(
    application: Flask, headers: dict[str, str], cookie: str, expected: str
) -> None:
    if cookie:
        headers = {**headers, "Cookie": f"leader_language={cookie}"}
    with application.test_request_context(headers=headers):
        assert words.language() == expected


def test_a_person_goes_before_the_browser(application: Flask) -> None:
    with application.test_request_context(headers={"Accept-Language": "en"}):
        assert gettext("Sign in") == "Sign in"
        words.prefer("ar")
        assert gettext("Sign in") == str(LABEL) == "تسجيل الدخول"
        words.prefer("")
        assert words.language() == "ar"


def test_a_job_speaks_the_language_that_it_is_told(application: Flask) -> None:
    with application.app_context():
        assert str(LABEL) == "Sign in"
        with in_language("ar"):
            assert words.language_and_direction() == {"lang": "ar", "dir": "rtl"}
            assert str(LABEL) == "تسجيل الدخول"
            with in_language("xx"):
                assert str(LABEL) == "Sign in"
        assert str(LABEL) == "Sign in"


def test_without_an_application_everything_is_english() -> None:
    assert str(LABEL) == "Sign in"
    assert gettext("Use at most %(max)d characters.", max=5) == "Use at most 5 characters."
    assert words.language() == "en"


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, "قبل يوم واحد"),
        (2, "قبل يومين"),
        (3, "قبل 3 أيام"),
        (10, "قبل 10 أيام"),
        (11, "قبل 11 يومًا"),
        (99, "قبل 99 يومًا"),
        (100, "قبل 100 يوم"),
        (103, "قبل 103 أيام"),
    ],
)
def test_arabic_has_a_form_for_each_kind_of_number(application: Flask, count: int, expected: str) -> None:
    with application.app_context(), in_language("ar"):
        assert ngettext("%(num)s day ago", "%(num)s days ago", count) == expected


def test_times_and_amounts_follow_the_language(application: Flask) -> None:
    at = utc_now().replace(year=2026, month=11, day=24, hour=9, minute=5)
    assert local_time(at, "Europe/London") == "24 Nov 2026, 09:05"
    assert format_money(125_050, "GBP") == "£1,250.50"
    assert ago(utc_now() - timedelta(hours=3)) == "3 h ago"
    with application.app_context(), in_language("ar"):
        assert local_time(at, "Europe/London") == "24 نوفمبر 2026، 09:05"
        assert format_money(125_050, "GBP") == "1,250.50 £"
        assert ago(utc_now() - timedelta(hours=3)) == "قبل 3 ساعات"


def test_amounts_may_be_typed_in_arabic_digits() -> None:
    assert to_minor("١٬٢٥٠٫٥٠", "GBP") == 125_050
    assert to_minor("۴۲", "GBP") == 4_200
