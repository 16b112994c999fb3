"""What a reason comes to: its kind, a sentence, and what to do."""

from dataclasses import dataclass
from typing import Literal

from flask_babel import LazyString

Kind = Literal["wait", "fix", "neutral", "final", "ours"]
"""wait: try again later by itself; fix: the business can change something; neutral: normal, nothing to do;
final: too late or refused for good; ours: a fault of Leader's or of its set-up."""


@dataclass(frozen=True)
class Verdict:
    kind: Kind
    sentence: str | LazyString
    advice: str | LazyString = ""
