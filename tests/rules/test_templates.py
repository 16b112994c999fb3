"""What the house rules say about every template."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PARTIALS = [path for path in TEMPLATES if path.name.startswith("_")]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_the_content_security_policy_needs_no_exception(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle=", text), "no inline style"
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "no inline script"
    assert not re.search(r"\s(hx-on|on[a-z]+)[:=]", text), "no inline handlers"
    assert "|safe" not in text.replace(" ", ""), "nothing is marked safe"
    markup = re.sub(r"\{\{.*?\}\}", "", text, flags=re.DOTALL)
    assert not re.search(r"""<(script|link|img|iframe|source)\b[^>]*(src|href)=["']https?://""", markup), (
        "no other host"
    )


@pytest.mark.parametrize("path", PARTIALS, ids=_name)
def test_partials_take_named_inputs(path: Path) -> None:
    if "layouts" in path.parts:
        return
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"\b(current_user|request|session|g)\.", text)


def test_every_form_that_writes_carries_the_csrf_field() -> None:
    exempt = {"capture/form.html", "capture/_form.html", "capture/show.html"}
    missing = [
        _name(path)
        for path in TEMPLATES
        for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(), flags=re.DOTALL)
        if "csrf" not in form and _name(path) not in exempt
    ]
    assert not missing


_PIECES = sorted({name for path in TEMPLATES for name in re.findall(r'pieces?\("([^"]+)"', path.read_text())})
_DIFFERS = {
    "request",
    "session",
    "g",
    "current_user",
    "config",
    "csrf_token",
    "signed_in",
    "csrf_field",
    "get_flashed_messages",
}
"""What is not the same for everybody and always, as are the filters below."""


@pytest.mark.parametrize("name", _PIECES)
def test_a_remembered_piece_looks_at_nothing_but_what_it_is_given(name: str) -> None:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    seen, waiting = set(), [name]
    while waiting:
        piece = waiting.pop()
        seen.add(piece)
        tree = environment.parse((ROOT / "templates" / piece).read_text())
        assert not {node.name for node in tree.find_all(nodes.Name)} & _DIFFERS
        assert not {node.name for node in tree.find_all(nodes.Filter)} & {"ago", "time_tag"}
        imported = [node.template.value for node in tree.find_all((nodes.Include, nodes.FromImport))]
        waiting += {part for part in imported if not part.startswith("components/")} - seen
