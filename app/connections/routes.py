"""Routes of this feature."""

from flask import Blueprint

blueprint = Blueprint("connections", __name__)
