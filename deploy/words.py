"""`make words`: collect every text for people and bring each language's catalogue up to date.

The .po files are the only catalogues: the product reads them itself, so nothing is compiled. Texts that are gone leave
the catalogue, new ones come with an empty translation, and none is ever guessed from a similar one.
"""

from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "translations"
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "marked": None}
_HEADER = """\
# The texts of Leader in this language: edit the msgstr lines. "make words" adds new texts and removes old ones.
# Terms and tone: docs/words.md."""


def collect() -> Catalog:
    """Every text that the product shows, with the files that it stands in."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = Catalog()
    for name, _line, message, comments, context in extract_from_dir(
        str(ROOT), methods, options, KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        found.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return found


def update(path: Path) -> list[str]:
    """Bring the catalogue up to date; the texts that wait for a translation."""
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parents[1].name)
    catalog.update(collect(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.header_comment, catalog.project, catalog.version = _HEADER, "Leader", ""
    with path.open("wb") as file:
        write_po(file, catalog, width=118, sort_output=True, include_lineno=False)
    return [
        str(message.id) for message in catalog if message.id and (message.fuzzy or not all(_strings(message.string)))
    ]


def _waits(message: Message) -> bool:
    return bool(message.fuzzy) or not all(_strings(message.string))


def _strings(string: object) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, list | tuple) else (str(string or ""),)


def main() -> None:
    for path in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po")):
        waiting = update(path)
        print(f"{path.relative_to(ROOT)}: {len(waiting)} texts wait for a translation")
        for message in waiting:
            print(f"  {message}")


if __name__ == "__main__":
    main()
