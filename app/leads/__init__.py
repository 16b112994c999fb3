"""Leads: the table, the lead page, stages and notes."""
