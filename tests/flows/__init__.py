"""Whole stories over HTTP, on everything that `make run` starts."""
