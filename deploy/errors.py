"""The one kind of error that a person at the terminal sees without a traceback."""


class StartError(Exception):
    """Leader cannot start or go on; the message is the whole sentence to print."""
