"""From a recording callback to a sealed file, a player and a deletion that the provider has answered."""

import io
import json
import wave
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.calls import numbers, providers, queries
from app.calls.recordings import deleting, fetching, jobs
from app.calls.recordings.models import CallRecording, RecordingDeletion
from app.companies.vault import open_vault
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import db
from app.core.events import LEADER
from app.integrations.storage import storage_of
from app.integrations.telephony import media
from app.privacy.stores import files_of
from app.subjects import erasing
from sandbox import Practice
from sandbox.telephony.recordings import ACCOUNT, Recordings, sound
from tests.calls.conftest import CALLER, OUR_NUMBER, TOKEN, Exchange, as_json
from tests.fixtures.application import Owner
from tests.fixtures.people import Person
from tests.leads.conftest import Office, OfficeOf

Work = Callable[[Callable[[], None]], None]


class Studio:
    """A company that keeps recordings, and a provider that has some."""

    def __init__(self, exchange: Exchange, practice: Practice, app: Flask) -> None:
        self.exchange, self.office, self.app = exchange, exchange.office, app
        self.settings: Settings = app.extensions["leader"].settings
        self.made: Recordings = practice.recordings
        self.port = practice.http_url.rpartition(":")[2]
        with self.office.serving() as session:
            providers.switch_recordings(session, is_on=True, everybody_listens=False, actor=LEADER)
            session.commit()

    def state_announcement(self, hours_ago: float = 1) -> None:
        with self.office.serving() as session:
            number = queries.number(session, OUR_NUMBER)
            assert number
            numbers.state_announcement(session, number.id, is_played=True, actor=LEADER)
            number.announced_since = utc_now() - timedelta(hours=hours_ago)
            session.commit()

    def tell(self, sid: str, call_id: str = "CA1", *, query: str = "", **more: str) -> int:
        said = {"RecordingSid": sid, "RecordingUrl": self.made.url(self.port, sid), "RecordingStatus": "completed"}
        said |= {"AccountSid": ACCOUNT, "RecordingDuration": "6", **more}
        return self.exchange.recording(call_id, said, query=query)

    def keep_one(self, call_id: str = "CA1") -> CallRecording:
        """A call with an announcement, recorded and fetched."""
        self.exchange.twilio(call_id, CallStatus="completed", CallDuration="6")
        assert self.tell(self.made.make(TOKEN), call_id, query="?announced=1") == 204
        self.work(jobs.fetch_due)
        row = self.rows()[-1]
        assert row.state == "kept", row.problem
        return row

    def work(self, job: Callable[[], None]) -> None:
        with self.app.app_context():
            job()
            db.session.remove()

    def rows(self) -> list[CallRecording]:
        with self.office.serving() as session:
            return list(session.scalars(select(CallRecording).order_by(CallRecording.id)))

    def deletions(self) -> list[RecordingDeletion]:
        with self.office.serving() as session:
            return list(session.scalars(select(RecordingDeletion)))

    def files(self) -> list[str]:
        return [name for name, _ in storage_of(self.settings).names(f"recordings/{self.office.person.company_id}")]

    def play(self, row: CallRecording, **headers: str):  # type: ignore[no-untyped-def]
        return self.office.get(f"/recordings/{row.id}/sound", **headers)


@pytest.fixture
def studio(exchange: Exchange, practice: Practice, app: Flask) -> Studio:
    return Studio(exchange, practice, app)


def test_from_the_callback_to_the_player(studio: Studio, office: Office) -> None:
    row = studio.keep_one()
    content = sound(row.external_id)
    assert (row.size, row.media_type, row.announced_by) == (len(content), "audio/wav", "provider")
    assert 1 < len(row.peaks) <= 200 and max(row.peaks) > 50
    (name,) = studio.files()
    assert name == row.file_name
    assert b"WAVE" not in storage_of(studio.settings).read(name, 0, 1_000)
    answer = studio.play(row)
    assert (answer.status_code, answer.data, answer.mimetype) == (200, content, "audio/wav")
    assert answer.headers["Accept-Ranges"] == "bytes"
    with wave.open(io.BytesIO(answer.data)) as file:
        assert file.getnframes() == 48_000
    (lead,) = studio.exchange.leads()
    for page in (f"/leads/{lead.id}", f"/calls/{row.call_id}"):
        shown = office.get(page).text
        assert f"/recordings/{row.id}/sound" in shown and "<audio" in shown and "data-wave" in shown, page


@pytest.mark.parametrize(
    ("asked", "status", "start", "stop"),
    [
        ("bytes=0-", 206, 0, None),
        ("bytes=100-199", 206, 100, 200),
        ("bytes=-10", 206, -10, None),
        ("bytes=0-999999999", 206, 0, None),
        ("bytes=999999999-", 416, 0, 0),
        ("pages=1-2", 416, 0, 0),
        ("bytes=x", 416, 0, 0),
    ],
)
def test_players_ask_for_parts(studio: Studio, asked: str, status: int, start: int, stop: int | None) -> None:
    row = studio.keep_one()
    answer, content = studio.play(row, Range=asked), sound(row.external_id)
    assert answer.status_code == status
    if status != 416:
        assert answer.data == content[start:stop]
    mark = studio.play(row).headers["ETag"]
    assert studio.play(row, **{"Range": "bytes=5-9", "If-Range": mark}).data == content[5:10]
    assert studio.play(row, **{"Range": "bytes=5-9", "If-Range": '"another"'}).data == content


def test_no_recording_without_an_announcement(studio: Studio, office: Office) -> None:
    studio.exchange.twilio(CallStatus="completed")
    studio.tell(studio.made.make(TOKEN), TranscriptionText="my secret")
    studio.work(jobs.fetch_due)
    (row,) = studio.rows()
    assert (row.state, row.problem, row.transcript) == ("refused", "not_announced", "")
    assert not studio.files()
    assert "nothing says that the caller was told" in office.get(f"/calls/{row.call_id}").text
    studio.state_announcement(hours_ago=-1)  # after the call: too late for it
    studio.exchange.twilio(CallStatus="completed")
    assert studio.rows()[0].state == "refused"
    studio.exchange.twilio(CallStatus="completed", query="?announced=1")  # told late
    assert studio.rows()[0].state == "due"


def test_the_owners_statement_for_the_number(studio: Studio) -> None:
    studio.state_announcement()
    studio.exchange.twilio(CallStatus="completed")
    studio.tell(studio.made.make(TOKEN))
    studio.work(jobs.fetch_due)
    assert [(row.state, row.announced_by) for row in studio.rows()] == [("kept", "number")]


def test_the_recording_may_be_told_of_before_the_call(studio: Studio) -> None:
    studio.tell(studio.made.make(TOKEN), query="?announced=1")
    studio.work(jobs.fetch_due)
    assert studio.rows()[0].state == "heard"
    studio.exchange.twilio(CallStatus="completed")
    studio.work(jobs.fetch_due)
    assert studio.rows()[0].state == "kept"


def test_the_same_message_makes_one_file(studio: Studio) -> None:
    studio.exchange.twilio(CallStatus="completed")
    sid = studio.made.make(TOKEN)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: studio.tell(sid, query="?announced=1"), range(12)))
    assert answers == [204] * 12
    for _ in range(2):
        studio.work(jobs.fetch_due)
        studio.tell(sid, query="?announced=1")
    assert (len(studio.rows()), len(studio.files())) == (1, 1)
    assert studio.rows()[0].attempts == 1


def test_off_until_the_owner_switches_it_on(studio: Studio, office: Office, owner: Owner) -> None:
    assert office.post("/settings/calls/recordings", {}).status_code == 303
    studio.exchange.twilio(CallStatus="completed", query="?announced=1")
    studio.tell(studio.made.make(TOKEN), query="?announced=1")
    studio.tell(studio.made.make(TOKEN), "CA-unknown", query="?announced=1")
    assert not studio.rows()
    assert len(studio.exchange.calls()) == 1
    office.post("/settings/calls/recordings", {"is_on": "y"})
    studio.tell(studio.made.make(TOKEN))
    office.post("/settings/calls/recordings", {})
    studio.work(jobs.fetch_due)
    assert [(row.state, row.problem) for row in studio.rows()] == [("refused", "switched_off")]
    owner.execute("UPDATE members SET role = 'admin' WHERE user_id = %s", (office.person.user_id,))
    assert office.post("/settings/calls/recordings", {"is_on": "y"}).status_code == 403


def test_a_worker_that_dies_is_followed_by_another(
    studio: Studio, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.exchange.twilio(CallStatus="completed")
    studio.tell(studio.made.make(TOKEN), query="?announced=1")

    def die(*_args: object) -> None:
        raise KeyboardInterrupt

    for point in ("carry", "finish"):
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(fetching, point, die)
            studio.work(jobs.fetch_due)
        studio.work(jobs.fetch_due)
        assert studio.rows()[0].state == "due"  # leased
        owner.execute("UPDATE call_recordings SET due_at = now()")
    assert len(studio.files()) == 1  # of the one that died before its last line
    studio.work(jobs.fetch_due)
    (row,) = studio.rows()
    assert (row.state, studio.files()) == ("kept", [row.file_name])


def test_who_lost_the_claim_leaves_nothing(studio: Studio, owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.exchange.twilio(CallStatus="completed")
    studio.tell(studio.made.make(TOKEN), query="?announced=1")
    carry = fetching.carry

    def overtaken(errand: fetching.Errand, settings: Settings) -> fetching.Found:
        found = carry(errand, settings)
        owner.execute("UPDATE call_recordings SET claim = claim + 1, due_at = now() + interval '1 hour'")
        return found

    monkeypatch.setattr(fetching, "carry", overtaken)
    studio.work(jobs.fetch_due)
    assert studio.rows()[0].state == "due"
    assert not studio.files()


def test_what_cannot_be_fetched_is_tried_again_and_then_said(studio: Studio, office: Office, owner: Owner) -> None:
    studio.exchange.twilio(CallStatus="completed")
    studio.tell("RE" + "0" * 32, query="?announced=1")
    studio.work(jobs.fetch_due)
    (row,) = studio.rows()
    assert (row.state, row.problem) == ("due", "status 404")
    assert row.due_at > utc_now()
    owner.execute("UPDATE call_recordings SET due_at = now(), attempts = 7")
    studio.work(jobs.fetch_due)
    assert studio.rows()[0].state == "failed"
    assert "could not be fetched" in office.get(f"/calls/{row.call_id}").text


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/x", "https://evil.example/x", "https://169.254.169.254/", "file:///etc/passwd", "x" * 300],
)
def test_only_the_provider_is_asked(studio: Studio, url: str) -> None:
    studio.exchange.twilio(CallStatus="completed")
    studio.tell(studio.made.make(TOKEN), query="?announced=1", RecordingUrl=url)
    studio.work(jobs.fetch_due)
    assert studio.rows()[0].state == "failed"
    assert not studio.files()


def test_what_is_no_sound_is_not_kept(studio: Studio, practice: Practice) -> None:
    studio.exchange.twilio(CallStatus="completed")
    studio.tell(studio.made.make(TOKEN), query="?announced=1", RecordingUrl=f"{practice.http_url}/static/practice.css")
    studio.work(jobs.fetch_due)
    assert (studio.rows()[0].problem, studio.files()) == ("no_sound", [])


def test_deleting_here_and_at_the_provider(studio: Studio, office: Office, owner: Owner) -> None:
    row = studio.keep_one()
    assert office.post(f"/recordings/{row.id}/deletions", {}).status_code == 303
    assert studio.play(row).status_code == 404
    assert office.post(f"/recordings/{row.id}/deletions", {}).status_code == 404
    gone = studio.rows()[0]
    assert (gone.state, gone.sealed_key, gone.peaks, gone.deleted_by_name) == ("deleted", "", b"", "Alice")
    studio.work(jobs.delete_due)
    (deletion,) = studio.deletions()
    assert (deletion.state, deletion.status, studio.files()) == ("done", 204, [])
    assert studio.made.get(row.external_id) is None
    for page in (f"/calls/{row.call_id}", "/settings/calls"):
        assert "deleted its copy too (answer 204)" in office.get(page).text
    studio.tell(row.external_id, query="?announced=1")
    assert studio.rows()[0].state == "deleted"


def test_the_provider_is_asked_until_it_answers(studio: Studio, office: Office, owner: Owner) -> None:
    row = studio.keep_one()
    with office.serving() as session:
        box = open_vault(session, studio.app.extensions["leader"].key_ring)
        providers.keep_secret(session, "twilio", "another-token-0123456789", box)
        session.commit()
    office.post(f"/recordings/{row.id}/deletions", {})
    studio.work(jobs.delete_due)
    (deletion,) = studio.deletions()
    assert (deletion.state, deletion.status, studio.files()) == ("due", 401, [])
    assert "answer 401" in office.get(f"/calls/{row.call_id}").text
    owner.execute("UPDATE recording_deletions SET due_at = now(), attempts = 11")
    studio.work(jobs.delete_due)
    assert studio.deletions()[0].state == "given_up"
    assert "delete it there by hand" in office.get("/settings/calls").text


@pytest.mark.parametrize("fault", ["address", "key"])
def test_what_cannot_be_asked_for_keeps_no_other(studio: Studio, office: Office, owner: Owner, fault: str) -> None:
    bad, good = studio.keep_one("CA1"), studio.keep_one("CA2")
    for row in (bad, good):
        office.post(f"/recordings/{row.id}/deletions", {})
    owner.execute(
        "UPDATE recording_deletions SET due_at = now() - interval '1 hour' WHERE recording_id = %s", (bad.id,)
    )
    if fault == "address":
        owner.execute("UPDATE recording_deletions SET external_id = 'no address' WHERE recording_id = %s", (bad.id,))
    else:
        owner.execute("UPDATE call_providers SET sealed_secret = 'changed'")
    studio.work(jobs.delete_due)
    states = {each.recording_id: each.state for each in studio.deletions()}
    assert states == {bad.id: "due", good.id: "done" if fault == "address" else "due"}
    assert all(each.due_at > utc_now() for each in studio.deletions() if each.state == "due")
    owner.execute("UPDATE recording_deletions SET due_at = now(), attempts = 50 WHERE state = 'due'")
    studio.work(jobs.delete_due)
    assert {each.state for each in studio.deletions()} <= {"given_up", "done"}


def test_an_erased_lead_takes_its_recordings_along(studio: Studio, app: Flask) -> None:
    row = studio.keep_one()
    (lead,) = studio.exchange.leads()
    with studio.office.serving() as session:
        erasing.erase(session, lead.id, reason="asked", actor=LEADER, marker=app.extensions["leader"].marker)
        session.commit()
    assert not studio.rows()
    studio.work(jobs.delete_due)
    assert [(each.state, each.reason, each.status) for each in studio.deletions()] == [("done", "erased", 204)]
    assert not studio.files()
    assert studio.tell(row.external_id, query="?announced=1") == 204
    assert not studio.rows()


def test_the_days_end(studio: Studio, office: Office, owner: Owner) -> None:
    old, young = studio.keep_one("CA1"), studio.keep_one("CA2")
    owner.execute("UPDATE call_recordings SET kept_at = now() - interval '91 days' WHERE id = %s", (old.id,))
    owner.execute("UPDATE call_recordings SET kept_at = now() - interval '89 days' WHERE id = %s", (young.id,))
    studio.work(jobs.end_due)
    assert [row.state for row in studio.rows()] == ["deleted", "kept"]
    owner.execute("UPDATE call_recordings SET kept_at = now() - interval '91 days'")
    owner.execute("UPDATE leads SET restricted_at = now()")
    studio.work(jobs.end_due)
    assert [row.state for row in studio.rows()] == ["deleted", "kept"]


def test_a_shorter_time_waits_a_week_and_can_be_undone(studio: Studio, office: Office, owner: Owner) -> None:
    studio.keep_one()
    owner.execute("UPDATE call_recordings SET kept_at = now() - interval '40 days'")
    office.post("/settings/calls/recordings/days", {"days": "30"})
    studio.work(jobs.end_due)
    assert studio.rows()[0].state == "kept"
    assert "Undo" in office.get("/settings/calls").text
    office.post("/settings/calls/recordings/days/undo", {})
    owner.execute("UPDATE call_settings SET recording_days_from = recording_days_from - interval '8 days'")
    studio.work(jobs.end_due)
    assert studio.rows()[0].state == "kept"
    office.post("/settings/calls/recordings/days", {"days": "30"})
    owner.execute("UPDATE call_settings SET recording_days_from = now()")
    studio.work(jobs.end_due)
    assert studio.rows()[0].state == "deleted"
    for wrong in ("0", "31", "", "-7", "9999", "x"):
        assert office.post("/settings/calls/recordings/days", {"days": wrong}).status_code == 303
    with office.serving() as session:
        assert queries.settings(session).recording_days == 30  # type: ignore[union-attr]


def test_who_may_listen(studio: Studio, office: Office, owner: Owner, charlie: Person, office_of: OfficeOf) -> None:
    row = studio.keep_one()
    assert office_of(charlie).get(f"/recordings/{row.id}/sound").status_code == 404
    assert office_of(charlie).post(f"/recordings/{row.id}/deletions", {}).status_code == 404
    assert office_of(charlie).get(f"/calls/{row.call_id}").status_code == 404
    (lead,) = studio.exchange.leads()

    def listens(role: str) -> int:
        owner.execute("UPDATE members SET role = %s WHERE user_id = %s", (role, office.person.user_id))
        return int(studio.play(row).status_code)

    assert [listens(role) for role in ("admin", "member", "viewer")] == [200, 403, 403]
    assert "<audio" not in office.get(f"/leads/{lead.id}").text
    assert office.post(f"/recordings/{row.id}/deletions", {}).status_code == 403
    owner.execute("UPDATE leads SET owner_id = %s", (office.person.user_id,))
    assert [listens(role) for role in ("member", "viewer")] == [200, 403]
    owner.execute("UPDATE call_settings SET everybody_listens = true")
    assert listens("viewer") == 200
    assert "<audio" in office.get(f"/leads/{lead.id}").text


def test_every_listening_is_logged_once_an_hour(studio: Studio, office: Office) -> None:
    row = studio.keep_one()
    for asked in ("bytes=0-", "bytes=500-600", "bytes=-1"):
        studio.play(row, Range=asked)
    (lead,) = studio.exchange.leads()
    assert len(office.events(lead.id, "lead.recording_heard")) == 1
    assert "Listened to a recording" in office.get("/settings/security").text
    assert "Alice listened to a recording" in office.get(f"/leads/{lead.id}").text


def test_words_that_were_said(studio: Studio, office: Office) -> None:
    studio.state_announcement()
    said = {"id": "CAL1", "answered": True, "customer_phone_number": CALLER, "tracking_phone_number": OUR_NUMBER}
    assert studio.exchange.callrail(as_json(**said)).status_code == 204
    assert not studio.rows()
    late = said | {"transcription": "Caller: my <b>roof</b>\nAgent: we come", "recording": None}
    assert studio.exchange.callrail(json.dumps(late).encode()).status_code == 204
    (row,) = studio.rows()
    assert (row.state, row.announced_by) == ("heard", "number")
    assert "my &lt;b&gt;roof" in office.get(f"/calls/{row.call_id}").text
    url = "https://app.callrail.com/calls/1/recording/redirect?access_key=x"
    studio.exchange.callrail(json.dumps(said | {"recording": url}).encode())
    (row,) = studio.rows()
    assert (row.state, row.remote_url, bool(row.transcript)) == ("due", url, True)
    office.post(f"/recordings/{row.id}/deletions", {})
    studio.work(jobs.delete_due)
    assert studio.deletions()[0].state == "by_hand"


def test_files_that_nobody_answers_for_are_swept(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    row = studio.keep_one()
    company = studio.office.person.company_id
    storage_of(studio.settings).write(f"recordings/{company}/left-1", [b"x"])
    studio.work(jobs.sweep)
    assert len(studio.files()) == 2
    monkeypatch.setattr(jobs, "_FRESH", timedelta(seconds=-5))
    studio.work(jobs.sweep)
    assert studio.files() == [row.file_name]


def test_a_closed_companys_files_go(studio: Studio, app: Flask) -> None:
    studio.keep_one()
    store = files_of("recordings")
    with studio.office.serving() as session:
        assert store.count(session, app.extensions["leader"]) == 1
        store.erase(session, app.extensions["leader"])
    assert not studio.files()


def test_the_archive_holds_them(studio: Studio, app: Flask) -> None:
    from app.calls.recordings.exporting import recordings  # noqa: PLC0415

    row = studio.keep_one()
    with app.app_context(), studio.office.serving() as session:
        found = [(name, b"".join(pieces)) for name, pieces in recordings(session)]
    assert found == [(f"recordings/{row.id}.wav", sound(row.external_id))]


def test_deleting_and_media_agree() -> None:
    assert media.can_delete("twilio")
    assert not media.can_delete("callrail")
    assert deleting.MOST_ATTEMPTS > fetching.MOST_ATTEMPTS
