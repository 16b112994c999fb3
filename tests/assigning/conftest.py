"""Offices with leads, and a colleague."""

from tests.leads.conftest import office as office
from tests.leads.conftest import office_of as office_of
from tests.notifications.conftest import mia as mia
