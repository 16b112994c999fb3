"""Retention: how long a company keeps leads and raw messages, and what becomes of them afterwards."""
