"""What a spreadsheet must not run: a cell that begins like a formula gets an apostrophe, wherever a CSV file leaves."""

from collections.abc import Iterable

TRIGGERS = (9, 10, 13, 43, 45, 61, 64, 65291, 65293, 65309, 65312)
"""First characters by which a spreadsheet takes a text for a formula: tab, line ends, + - = @, and their wide forms."""

_FIRST = tuple(map(chr, TRIGGERS))
MARK = "'"


def guarded(cells: Iterable[str]) -> list[str]:
    """The cells, safe to open."""
    return [MARK + cell if cell.startswith(_FIRST) else cell for cell in cells]


def unguarded(cell: str) -> str:
    """The cell as it was before `guarded`."""
    return cell[1:] if cell.startswith(MARK) and cell[1:].startswith(_FIRST) else cell
