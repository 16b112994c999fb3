"""Measurements: each figure beside a floor of the same run."""
