"""The demo shop: the website of an imaginary roofing firm, reached through ad-like links."""
