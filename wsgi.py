"""The web application, for any WSGI server: `granian --interface wsgi wsgi:app`."""

import sys

from app.core.config import Settings, SettingsError
from app.factory import create_app

try:
    app = create_app(Settings.from_env())
except SettingsError as error:
    sys.exit(str(error))
