"""A browser in words that people know, from what it says about itself."""

from app.core.words import gettext as _

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""Many claim to be Chrome and Safari as well, so those come last."""
_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def browser_words(user_agent: str) -> str:
    """Such as "Firefox on Windows"; "Another program" when it names none that we know."""
    browser = next((words for mark, words in _BROWSERS if mark in user_agent), None)
    device = next((words for mark, words in _DEVICES if mark in user_agent), None)
    if browser is None:
        return _("Another program")
    return _("%(browser)s on %(device)s", browser=browser, device=device) if device else browser
