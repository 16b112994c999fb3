"""The part of the Google Ads API (v26, gRPC over TLS) that lists accounts and conversion actions."""
