"""Google's Data Manager API over REST: events:ingest and requestStatus:retrieve."""
