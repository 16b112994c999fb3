"""Calls: what telephone providers tell, the leads that come of it, and who has to call back."""
