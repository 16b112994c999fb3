"""Leader: which advertising brought each lead, and what Google said about the sale."""
