"""The promises of the privacy policy about keeping and deleting: closing accounts, retention, erasure, certificates."""
