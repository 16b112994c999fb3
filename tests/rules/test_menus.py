"""Menus and keys: each line once, and no key for two things."""

from app import keys, navigation


def test_each_line_stands_once() -> None:
    for table in (navigation.MAIN, navigation.SETTINGS):
        names = [way.key for way in table]
        assert len(set(names)) == len(names)


def test_each_key_does_one_thing() -> None:
    used = [key.keys for key in keys.COMMANDS] + [way.keys for way in navigation.MAIN if way.keys]
    assert len(set(used)) == len(used)
    assert not [one for one in used for other in used if other != one and other.startswith(f"{one} ")]
