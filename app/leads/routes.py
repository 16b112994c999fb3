"""Routes of this feature."""

from flask import Blueprint

blueprint = Blueprint("leads", __name__)
