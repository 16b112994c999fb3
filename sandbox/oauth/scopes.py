"""The scopes that can be asked for, and how the consent page words them."""

ADS = "https://www.googleapis.com/auth/adwords"
DATA_MANAGER = "https://www.googleapis.com/auth/datamanager"
OPENID = "openid"
EMAIL = "https://www.googleapis.com/auth/userinfo.email"
PROFILE = "https://www.googleapis.com/auth/userinfo.profile"

# Google answers with the long names, whichever were asked for.
ALIASES = {"email": EMAIL, "profile": PROFILE}
WORDING = {
    ADS: "See, edit, create and delete your Google Ads accounts and data",
    DATA_MANAGER: "See, edit, create, import or delete your customer data in Google Ads",
    OPENID: "Know who you are",
    EMAIL: "See your e-mail address",
    PROFILE: "See your name",
}
# Identity scopes come with the sign-in itself and have no checkbox.
OPTIONAL = (ADS, DATA_MANAGER)


def parse(text: str) -> tuple[str, ...]:
    """Canonical names, each once, in the order asked. Raises ValueError with the first unknown one."""
    scopes = dict.fromkeys(ALIASES.get(name, name) for name in text.split())
    for scope in scopes:
        if scope not in WORDING:
            raise ValueError(scope)
    return tuple(scopes)


def join(*groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(scope for group in groups for scope in group))
