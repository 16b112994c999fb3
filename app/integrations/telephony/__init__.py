"""Telephone providers: whether a message is theirs, and what it tells of a call."""
