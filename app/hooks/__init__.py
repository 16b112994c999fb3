"""Addresses that other programs call with leads: Google's lead form, and webhooks."""
