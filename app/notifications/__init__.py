"""Telling people: at once by mail and at the bell, and in a daily or weekly digest, each as they choose."""
