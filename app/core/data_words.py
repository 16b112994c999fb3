"""The words of the data map: purposes and times, as the policy and the record of processing print them.

A feature adds its line here and names the key in `data_of` and `holds`. A `Keep` with days is a promise that a job
keeps; one without ends with what it belongs to.
"""

from dataclasses import dataclass

from flask_babel import LazyString

from app.core.words import lazy_gettext as _


@dataclass(frozen=True)
class Keep:
    """How long something is kept. `days` counts from when the row was made or, where the words say so, last used."""

    words: LazyString
    days: int | None = None


PURPOSES: dict[str, LazyString] = {
    "account": _("Letting people sign in and work together"),
    "leads": _("Keeping, answering and winning leads"),
    "attribution": _("Telling which advertising brought a lead"),
    "conversions": _("Reporting sales to the advertising platforms that you connect"),
    "connections": _("Connecting the services that you choose"),
    "consent": _("Proving what a visitor allowed"),
    "security": _("Keeping the service secure and preventing fraud"),
    "service": _("Providing and maintaining the service"),
    "rights": _("Answering people who ask about their data"),
    "support": _("Answering questions about the product"),
    "billing": _("Charging for the service"),
}

KEEPS: dict[str, Keep] = {
    "account": Keep(_("While the account is open, and 30 days more in case you come back")),
    "lead": Keep(_("As long as the lead, until it is erased or your own rule ends it")),
    "recording": Keep(_("90 days unless you choose another time, and never longer than the lead")),
    "sign_in": Keep(_("14 days, or until you sign out"), 14),
    "attempt": Keep(_("10 minutes"), 1),
    "connection": Keep(_("Until you delete the connection")),
    "mail": Keep(_("What a mail said until it is sent; that it was sent for 30 days"), 30),
    "notification": Keep(_("90 days, or as long as the lead if that is shorter"), 90),
    "invitation": Keep(_("7 days, or until it is accepted or taken back"), 7),
    "mailed_link": Keep(_("One day, or until it was used"), 1),
    "support": Keep(_("Two years after the last message"), 730),
    "staff": Keep(_("While somebody works for Leader")),
    "staff_session": Keep(_("8 hours, or until they sign out"), 1),
    "request": Keep(_("Three years after it was answered, to prove that it was"), 1095),
    "passed_request": Keep(_("Until each company that holds the address has it; that somebody asked for 30 days"), 30),
    "proof": Keep(_("For good: it says nothing about anybody")),
    "security_log": Keep(_("One year"), 365),
    "ledger": Keep(_("As long as the longest backup, so that what was erased stays erased")),
    "import": Keep(_("Until the import is done; lines that were refused for 30 days"), 30),
    "archive": Keep(_("7 days after it is ready"), 7),
}

WHOSE: dict[str, LazyString] = {
    "lead": _("People who get in touch with you"),
    "visitor": _("Visitors of your website"),
    "member": _("You and the people you work with"),
    "company": _("Your company"),
    "staff": _("People who work for Leader"),
    "nobody": _("Nobody in particular"),
}

KINDS: dict[str, LazyString] = {
    "identity": _("names and roles"),
    "contact": _("e-mail addresses and phone numbers"),
    "content": _("what people wrote"),
    "tracking": _("devices, visits and clicks"),
    "business": _("business details and choices"),
    "security log": _("sign-ins and what was done"),
    "secret": _("passwords and keys, sealed or hashed"),
    "technical": _("internal numbers and states"),
}
