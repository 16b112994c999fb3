"""Routes of this feature."""

from flask import Blueprint

blueprint = Blueprint("conversions", __name__)
