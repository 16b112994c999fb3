"""Offices with leads, as for the table."""

from tests.leads.conftest import office as office
from tests.leads.conftest import office_of as office_of
