"""Backups that can be restored without bringing back what was erased."""
