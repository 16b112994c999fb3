"""Custom fields: what a company wants to know of a lead besides what every lead has."""
