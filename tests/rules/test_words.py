"""What the house rules say about texts for people: each goes through gettext, in templates and in Python."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = [
    path for path in sorted((ROOT / "templates").rglob("*.html")) if "styleguide" not in str(path)
]  # the style guide is shown to developers alone
MODULES = sorted((ROOT / "app").rglob("*.py"))
_STATES = 'required aria-invalid="true" aria-describedby=""'
NAMES = {"Leader", "· Leader", "Google Ads", "Ctrl K", "leader-export-key", "Jane Miller", _STATES}
"""Names that are the same in every language, and attributes that a macro writes."""
SILENT = {"backups", "telephony"}
UPLOADERS = {f"app/integrations/google/{name}.py" for name in ("ads_uploads", "data_manager")}
"""Their errors are told by reason: app/conversions/verdict_words.py."""
FOR_PROGRAMS = {"app/capture/bodies.py", "app/capture/front.py", "app/capture/submission.py", "app/commands.py"}
"""These answer programs and operators in English, among sentences for people; so do whole packages for
backups (operators) and telephone providers."""

_ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"])  # noqa: S701 - reads templates, renders none
_SPOKEN = ("aria-label", "title", "placeholder", "alt")
_SENTENCE = re.compile(r"[A-Z“][a-z]+( |$|[.?!…])")
_ERRORS = re.compile(r"(ValidationError|InputError|NotFoundError|PermanentError|RetryableError|UnusableError)$")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


class _Texts(HTMLParser):
    """Collects what a reader would see or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("code", "pre", "style", "kbd")
        self.found += [value or "" for name, value in attrs if name in _SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("code", "pre", "style", "kbd")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def _outside_of_gettext(source: str) -> str:
    """The markup without expressions and translated blocks."""
    markup, is_translated = [], False
    for _line, kind, value in _ENVIRONMENT.lexer.tokeniter(source, None):
        if kind == "data" and not is_translated:
            markup.append(value)
        if kind == "name" and value in ("trans", "endtrans"):
            is_translated = value == "trans"
    return "".join(markup)


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_no_text_stands_in_a_template_untranslated(path: Path) -> None:
    texts = _Texts()
    texts.feed(_outside_of_gettext(path.read_text()))
    bare = [text.strip() for text in texts.found if re.search(r"[A-Za-z]{2}", re.sub(r"&\w+;|\w+=\"\S*", "", text))]
    assert not [text for text in bare if text not in NAMES]


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_no_sentence_is_handed_to_a_macro_untranslated(path: Path) -> None:
    calls = re.sub(r"\{%-?\s*(extends|from|import|include|trans)\b.*?%\}", "", path.read_text(), flags=re.DOTALL)
    calls = re.sub(r"n?gettext\([^)]*\)|\b_\((\"[^\"]*\"|'[^']*')", "", calls)
    loose = [
        text
        for part in re.findall(r"\{[{%].*?[%}]\}", calls, flags=re.DOTALL)
        for text in re.findall(r"\"([^\"]*)\"|'([^']*)'", part)
        if _SENTENCE.match("".join(text)) and "".join(text) not in NAMES and not "".join(text).endswith("Field")
    ]
    assert not loose


def _loose(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        function = getattr(node.func, "attr", getattr(node.func, "id", ""))
        first = node.args[0]
        is_text = isinstance(first, ast.JoinedStr) or (isinstance(first, ast.Constant) and isinstance(first.value, str))
        if is_text and (function == "flash" or _ERRORS.search(function)):
            yield f"{_name(path)}:{node.lineno}"


def test_no_message_or_error_for_people_is_untranslated() -> None:
    exempt = FOR_PROGRAMS | {"app/integrations/mail.py"} | UPLOADERS
    spoken = [path for path in MODULES if _name(path) not in exempt and not SILENT & {*path.parts}]
    assert not [place for path in spoken for place in _loose(path)]


def test_styles_know_start_and_end_but_neither_left_nor_right() -> None:
    physical = re.compile(
        r"(margin|padding|border|inset)-(left|right)|[\s{;](left|right|float)\s*:|text-align:\s*(left|right)"
    )
    assert not [
        f"{_name(path)}: {found[0].strip()}"
        for path in sorted((ROOT / "static" / "css").rglob("*.css"))
        for found in physical.finditer(path.read_text())
    ]


def test_styles_say_nothing() -> None:
    assert not [
        f"{_name(path)}: {found}"
        for path in sorted((ROOT / "static" / "css").rglob("*.css"))
        for found in re.findall(r"content:\s*\"[^\"]*[A-Za-z]{2}[^\"]*\"", path.read_text())
    ]
