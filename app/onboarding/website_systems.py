"""The ways to build a website for which there is a description of where the tag goes, and the link to it.

The link is for the person who looks after the website and has no account here. It carries the site key, signed: nobody
can guess one, and it shows nothing that does not stand in the website's own pages anyway.
"""

from dataclasses import dataclass

from flask_babel import LazyString
from itsdangerous import BadData, URLSafeSerializer

from app.core.errors import NotFoundError
from app.core.words import lazy_gettext as _


@dataclass(frozen=True)
class WebsiteSystem:
    """`key` names the description: templates/onboarding/systems/_<key>.html."""

    key: str
    label: LazyString


SYSTEMS = (
    WebsiteSystem("wordpress", _("WordPress")),
    WebsiteSystem("wix", _("Wix")),
    WebsiteSystem("squarespace", _("Squarespace")),
    WebsiteSystem("tag_manager", _("Google Tag Manager")),
    WebsiteSystem("html", _("Plain HTML")),
)


_TAG = '<script src="{base_url}/t.js" data-site-key="{site_key}" defer></script>'
# Tag Manager drops the attributes of a script that is pasted as it is, so this one makes itself.
_TAG_MANAGER_LINES = """<script>
  (function () {{
    var tag = document.createElement("script");
    tag.src = "{base_url}/t.js";
    tag.setAttribute("data-site-key", "{site_key}");
    document.head.appendChild(tag);
  }})();
</script>"""


def code(system: WebsiteSystem, *, base_url: str, site_key: str) -> str:
    """What is pasted into a website of this kind."""
    template = _TAG_MANAGER_LINES if system.key == "tag_manager" else _TAG
    return template.format(base_url=base_url, site_key=site_key)


def chosen(key: str) -> WebsiteSystem:
    """The system of this key, the first one for any other text."""
    return next((system for system in SYSTEMS if system.key == key), SYSTEMS[0])


def sign(site_key: str, secret_key: str) -> str:
    """What stands in the link for the person who looks after the website."""
    return _signer(secret_key).dumps(site_key)


def read(token: str, secret_key: str) -> str:
    """The site key of such a link. Raises NotFoundError."""
    try:
        return str(_signer(secret_key).loads(token))
    except BadData:
        raise NotFoundError(_("This link does not lead anywhere. Ask for it again.")) from None


def _signer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt="help for the website")
