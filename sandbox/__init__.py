"""The practice Google, the demo shop and the mail catcher: stand-ins to learn and test with.

They are spoken to over the wire only: nothing here imports Leader, and Leader imports nothing from here.
"""

from sandbox.practice import Practice, Settings

__all__ = ["Practice", "Settings"]
