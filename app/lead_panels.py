"""One table: what other features show on the page of a lead, in this order."""

from collections.abc import Sequence

from app.attribution.panel import journey_panel
from app.capture.panel import consent_panel
from app.conversions.panel import receipts_panel
from app.leads.panels import PanelSource

TABLE: Sequence[PanelSource] = (journey_panel, receipts_panel, consent_panel)
