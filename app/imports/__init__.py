"""Leads from a file: read whole when it comes, looked at before it begins, taken in by pieces, taken back at once."""
