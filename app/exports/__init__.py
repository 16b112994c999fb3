"""Exports: everything that a company holds as an archive, and back again."""
