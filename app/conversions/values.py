"""What a conversion is worth: the rule's own value, the lead's, or a part of it. Pure arithmetic in minor units."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ValueRule:
    """The part of a mapping that says the value: `fixed`, `lead` or `percent` of the lead's."""

    kind: str
    minor: int
    currency: str
    percent: int = 100


def worth(rule: ValueRule, lead_minor: int | None, lead_currency: str) -> tuple[int, str]:
    """(minor units, currency). Halves are rounded up; the rule's value stands in while the lead has none."""
    if rule.kind == "fixed" or lead_minor is None:
        return rule.minor, rule.currency
    if rule.kind == "lead":
        return lead_minor, lead_currency
    return (lead_minor * rule.percent + 50) // 100, lead_currency
