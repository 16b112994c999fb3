"""Recordings of calls: heard of, fetched and sealed, listened to, and deleted here and at the provider."""
