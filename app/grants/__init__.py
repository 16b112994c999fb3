"""Grants: the customer lets support look at their leads until a time, and ends that whenever they like."""
