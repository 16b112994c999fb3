"""Google's reasons in plain words: what each means, and what the business can do."""

from app.conversions.verdict import Verdict
from app.conversions.verdict_words import REPORTED, VERDICTS
from app.core.words import gettext as _


def explain(reason: str) -> Verdict:
    """The words for a reason. One that is not known here is shown as it is, and said to be new."""
    known = VERDICTS.get(reason)
    if known is None:
        sentence = _("Google gave a reason that is new to Leader: %(reason)s.", reason=reason)
        return Verdict("ours", sentence, str(REPORTED))
    return Verdict(known.kind, str(known.sentence), str(known.advice))
