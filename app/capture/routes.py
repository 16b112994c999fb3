"""Routes of this feature."""

from flask import Blueprint

blueprint = Blueprint("capture", __name__)
