"""Errors that know whether trying again helps and carry a sentence for the person concerned."""


class LeaderError(Exception):
    """`sentence` is shown to people: plain words, no secrets, no codes."""

    def __init__(self, sentence: str, *, reason: str = "") -> None:
        super().__init__(str(sentence))
        self.sentence = str(sentence)
        self.reason = reason
        """A short code for logs and receipts, often the other side's own name of the error."""


class RetryableError(LeaderError):
    """Trying the same again later may work."""


class PermanentError(LeaderError):
    """Trying the same again will fail in the same way."""


class NotFoundError(PermanentError):
    """No such thing in this company; also said of things that belong to another company."""


class GoneError(PermanentError):
    """It was here and was closed or deleted for good: nobody need ask again."""


class InvalidInputError(PermanentError):
    """What was sent cannot be accepted. `fields` maps a field's name to the sentence beside it."""

    def __init__(self, sentence: str, *, fields: dict[str, str] | None = None, reason: str = "invalid") -> None:
        super().__init__(sentence, reason=reason)
        self.fields = fields or {}
