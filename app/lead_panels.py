"""One table: what other features show on the page of a lead, in this order."""

from collections.abc import Sequence

from app.attribution.panel import journey_panel
from app.calls.panel import calls_panel
from app.capture.panel import consent_panel, spam_panel
from app.conversions.panel import receipts_panel
from app.follow_up.panel import follow_up_panel, tasks_panel
from app.leads.panels import PanelSource
from app.retention.panel import retention_panel
from app.subjects.panel import rights_panel
from app.workspace.custom_panel import custom_panel

TABLE: Sequence[PanelSource] = (
    spam_panel,
    follow_up_panel,
    tasks_panel,
    custom_panel,
    calls_panel,
    journey_panel,
    receipts_panel,
    consent_panel,
    rights_panel,
    retention_panel,
)
