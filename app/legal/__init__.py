"""The policies: versions as files, what changed between them, and who has seen which."""
