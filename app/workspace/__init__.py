"""The workspace: what a team does with many leads at once, over the table of leads and what follows on it."""
