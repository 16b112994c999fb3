"""Google: OAuth, the Ads API for reading, the Data Manager API for uploads."""
