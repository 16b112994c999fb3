"""Companies with leads, as the tests of leads have them."""

from tests.leads.conftest import office as office
from tests.leads.conftest import office_of as office_of
