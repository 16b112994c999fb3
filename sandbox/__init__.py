"""The practice Google and the demo shop: stand-ins to learn and test with, spoken to over the wire only.

Nothing here imports Leader, and Leader imports nothing from here.
"""

from sandbox.practice import Practice, Settings

__all__ = ["Practice", "Settings"]
