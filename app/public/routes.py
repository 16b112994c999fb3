"""Routes of this feature."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)
