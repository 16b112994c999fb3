"""Rules about the code itself, so that they need not be remembered."""
