"""The tests of Leader; the folders mirror those of the product."""
