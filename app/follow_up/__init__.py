"""Winning a lead: who answers it, what it is worth following, what is to be done and when."""
