"""The mail catcher: a mail server that delivers nothing, and pages to read what it caught."""
