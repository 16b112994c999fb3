"""What an Arabic reader sees: everything from right to left, and no English word."""

import re

from playwright.sync_api import Page

from tests.browser.fitting import fits

NAMES = re.compile(
    r"Leader|Google Ads|Google Tag Manager|Google Consent Mode|Data Manager|Google|WordPress(\.com)?|Wix|Squarespace"
    r"|WPCode|Plugins → Add New Plugin|Install Now|Activate|Code Snippets → Header & Footer|Header|Save Changes"
    r"|Twilio|CallRail|Zapier|OAuth|Limited Use|leader deletion certificate|leader-export-key|English"
    r"|manifest\.(json|sig)"
    r"|[\w.-]+@[\w.-]+|\w+\.(online|example|zip|csv)|https?://\S+|\bAPI|HTML|JSON|CSV|POST|UTF-8|SHA-256|GDPR|SMS|UTM"
    r"|gclid|gbraid|wbraid|msclkid|adwords|datamanager|Ed25519|email|phone|message|name|\(cache\)|\.zip"
    r"|\b[A-Z]{3}\b|Shift JIS|Latin 9|8859|Windows|Mac"
)
"""What an Arabic page may say in Latin letters: names of products and formats, and the words of their screens."""
TEXTS = """() => {
  const foreign = "code, pre, kbd, script, style, template, [lang=en], [translate=no], bdi"
    + ", textarea, svg, select[name=time_zone]";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [document.title];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (!node.parentElement.closest(foreign)) texts.push(node.data);
  for (const name of ["aria-label", "placeholder", "title", "alt"])
    for (const element of document.querySelectorAll(`[${name}]`)) texts.push(element.getAttribute(name));
  return texts;
}"""
_ISOLATED = re.compile("\u2068[^\u2069]*\u2069")


def check_arabic(page: Page, address: str) -> None:
    """From right to left, on the two widths of small phones, without English words."""
    assert page.evaluate("[document.documentElement.dir, document.documentElement.lang]") == ["rtl", "ar"], address
    page.set_viewport_size({"width": 360, "height": 740})
    fits(page, f"{address} on 360 px")
    page.set_viewport_size({"width": 320, "height": 740})
    told = {NAMES.sub("", _ISOLATED.sub("", text)) for text in page.evaluate(TEXTS)}
    english = {text.strip() for text in told if re.search("[A-Za-z]{3}", text)}
    assert not english, f"{address} says in English: {english}"
