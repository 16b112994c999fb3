"""Support: anybody asks, signed in or not; the thread goes on by mail and on a page of its own."""
