"""Pieces of pages that are drawn once."""

from collections.abc import Iterator

import pytest
from flask import Flask, request
from jinja2 import DictLoader, Environment
from markupsafe import Markup

from app.core.pieces import MOST, Pieces
from app.core.words import in_language
from tests.fixtures.people import Person

_TEMPLATES = {
    "word.html": "<b>{{ word }}</b>",
    "words.html": "{% for each in words %}{{ each }}{% endfor %}",
    "items.html": "{% for word, number in items %}<{{ tag }}>{{ word }}{{ number }}{{ end }}{% endfor %}",
}


@pytest.fixture
def piece(application: Flask) -> Iterator[Pieces]:
    with application.app_context():
        yield Pieces(Environment(loader=DictLoader(_TEMPLATES), autoescape=True))


def test_a_piece_is_escaped_and_fit_for_a_page(piece: Pieces) -> None:
    drawn = piece("word.html", word="<i>")
    assert isinstance(drawn, Markup)
    assert drawn == "<b>&lt;i&gt;</b>"


def test_the_same_values_are_drawn_once(piece: Pieces) -> None:
    assert piece("word.html", word="a") is piece("word.html", word="a")
    assert piece("word.html", word="b") == "<b>b</b>"


def test_what_was_safe_markup_once_is_still_escaped_as_text(piece: Pieces) -> None:
    assert piece("word.html", word=Markup("<i>")) == "<b><i></b>"
    assert piece("word.html", word="<i>") == "<b>&lt;i&gt;</b>"


def test_markup_cannot_hide_in_a_tuple(piece: Pieces) -> None:
    with pytest.raises(TypeError):
        piece("words.html", words=("a", (Markup("<i>"),)))


def test_items_are_drawn_each_and_stand_in_their_order(piece: Pieces) -> None:
    assert piece.each("items.html", [("a", 1), ("<", 2)], tag="p") == "<p>a1<p>&lt;2"
    assert piece.each("items.html", [("<", 2), ("b", 3), ("a", 1)], tag="p") == "<p>&lt;2<p>b3<p>a1"
    assert piece.each("items.html", [("a", 1)], tag="li") == "<li>a1"
    assert piece.each("items.html", [], tag="li") == ""


def test_an_item_that_is_known_is_not_drawn_again(piece: Pieces, monkeypatch: pytest.MonkeyPatch) -> None:
    piece.each("items.html", [("a", 1)], tag="p")
    monkeypatch.setitem(_TEMPLATES, "items.html", "")
    assert piece.each("items.html", [("a", 1)], tag="p") == "<p>a1"


def test_an_item_holds_no_markup_and_no_end(piece: Pieces) -> None:
    with pytest.raises(TypeError):
        piece.each("items.html", [(Markup("<i>"), 1)], tag="p")
    with pytest.raises(ValueError, match="2 texts"):
        piece.each("items.html", [("a\0b", 1)], tag="p")


def test_each_language_has_its_own(piece: Pieces, application: Flask) -> None:
    with application.test_request_context():
        english = piece("word.html", word="a")
        with in_language("ar"):
            assert piece("word.html", word="a") is not english
        assert piece("word.html", word="a") is english


def test_it_sees_nothing_but_its_values(application: Flask) -> None:
    with application.test_request_context("/?word=secret"):
        assert request.args["word"] == "secret"
        piece = Pieces(application.jinja_env.overlay(loader=DictLoader({"x.html": "{{ practice }}{{ lang }}"})))
        assert piece("x.html") == ""


def test_only_so_many_are_kept(piece: Pieces) -> None:
    first = piece("word.html", word="first")
    for number in range(MOST):
        piece("word.html", word=str(number))
    assert piece("word.html", word="first") is not first


def test_each_person_sees_their_own_shell(alice: Person, charlie: Person) -> None:
    for _ in range(2):
        assert "alice@" in alice.client.get("/leads").text
        assert "alice@" not in charlie.client.get("/leads").text
