"""Periodic work: one table of bells, and the loop that rings them.

Every bell may ring twice or not at all: the jobs look into the database for what is due. So two schedules side by
side do no harm, and one that was down for an hour has nothing to catch up.
"""

import time
from dataclasses import dataclass

from app.core.queue import Bell


@dataclass(frozen=True)
class Periodic:
    """A bell that is rung every so many seconds."""

    every: float
    queue: str
    job: str


TABLE = (
    Periodic(2, "conversions", "app.conversions.jobs.send_due"),
    Periodic(5, "capture", "app.capture.jobs.take_in_waiting"),
    Periodic(15, "slow", "app.imports.jobs.work_off"),
    Periodic(3600, "default", "app.imports.jobs.purge"),
    Periodic(5, "default", "app.mailing.jobs.send_due"),
    Periodic(20, "default", "app.connections.jobs.read_forgotten"),
    Periodic(300, "default", "app.connections.jobs.check_connections"),
    Periodic(15, "default", "app.connections.jobs.finish_disconnecting"),
    Periodic(30, "default", "app.reports.jobs.recount_due"),
    Periodic(60, "default", "app.follow_up.jobs.remind_of_tasks"),
    Periodic(30, "conversions", "app.conversions.jobs.plan_past"),
    Periodic(60, "default", "app.advertising.jobs.read_due"),
    Periodic(300, "default", "app.advertising.jobs.plan_readings"),
    Periodic(30, "slow", "app.exports.jobs.make_due"),
    Periodic(60, "default", "app.privacy.jobs.incinerate_due"),
    Periodic(60, "default", "app.privacy.jobs.copy_ledger"),
    Periodic(60, "default", "app.notifications.jobs.send_digests"),
    Periodic(3600, "default", "app.notifications.jobs.purge"),
    Periodic(3600, "default", "app.auth.jobs.purge_expired"),
    Periodic(86_400, "default", "app.security.jobs.purge_entries"),
    Periodic(3600, "default", "app.retention.jobs.end_due"),
    Periodic(30, "slow", "app.calls.recordings.jobs.fetch_due"),
    Periodic(60, "slow", "app.calls.recordings.jobs.delete_due"),
    Periodic(3600, "default", "app.calls.recordings.jobs.end_due"),
    Periodic(86_400, "slow", "app.calls.recordings.jobs.sweep"),
    Periodic(3600, "slow", "app.exports.jobs.sweep"),
    Periodic(3600, "default", "app.mailing.jobs.purge"),
    Periodic(3600, "default", "app.recovery.jobs.purge_links"),
    Periodic(3600, "default", "app.team.jobs.purge_invitations"),
    Periodic(20, "default", "app.privacy_requests.jobs.pass_on"),
    Periodic(3600, "default", "app.privacy_requests.jobs.purge"),
    Periodic(3600, "default", "app.support.jobs.purge"),
    Periodic(3600, "default", "app.desk.jobs.purge"),
    Periodic(3600, "slow", "app.statistics.jobs.publish_due"),
)

REACTION_JOBS = (
    "app.connections.jobs.read_accounts",
    "app.conversions.jobs.try_out",
)
"""Jobs that no clock rings: a change asks for them."""

ALLOWED_JOBS = frozenset({*(periodic.job for periodic in TABLE), *REACTION_JOBS})
"""All that a worker will run, whatever stands in Valkey."""


def run(bell: Bell, table: tuple[Periodic, ...] = TABLE) -> None:
    """Ring each bell when it is due, until the process is told to stop."""
    due = dict.fromkeys(table, 0.0)
    while True:
        now = time.monotonic()
        for periodic, at in due.items():
            if at <= now:
                bell.ring(periodic.queue, periodic.job)
                due[periodic] = now + periodic.every
        time.sleep(max(0.05, min(due.values()) - time.monotonic()))
