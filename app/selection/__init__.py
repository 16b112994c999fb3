"""Choosing rows of the table and changing them together, with a way back."""
