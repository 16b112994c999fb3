"""One table: who may put a notice on top of every signed-in page."""

from collections.abc import Sequence

from app.connections.notice import connection_notice
from app.core.notices import Source
from app.legal.notice import policy_notice
from app.seeding.demo import demo_notice

TABLE: Sequence[Source] = (connection_notice, policy_notice, demo_notice)
