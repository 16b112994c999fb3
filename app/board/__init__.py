"""The board: leads as cards in columns, one for each stage."""
