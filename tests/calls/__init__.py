"""Calls: the providers' messages, what follows from them, and the pages."""
