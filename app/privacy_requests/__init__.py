"""Requests of people whose details a company keeps: taken publicly, confirmed by mail, answered in time at a desk."""
