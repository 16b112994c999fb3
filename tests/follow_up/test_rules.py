"""Who answers, what it is worth, why it was lost, tags and tasks: against the real database."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor
from app.core.ids import new_id
from app.follow_up import assignment, judging, lost_reasons, queries, tags, tasks, today
from app.follow_up.models import LostReason, Task
from app.leads import moves
from app.leads.locking import ChangedMeanwhileError
from tests.fixtures.application import Owner
from tests.fixtures.people import Person
from tests.leads.conftest import Office, OfficeOf


def _actor(office: Office) -> Actor:
    return Actor(office.person.user_id, office.person.name)


def test_a_lead_is_given_to_a_member_and_taken_back(office: Office) -> None:
    lead_id, who = office.lead(), _actor(office)
    with office.serving() as session:
        assignment.assign(session, lead_id, office.person.user_id, actor=who)
        assignment.assign(session, lead_id, office.person.user_id, actor=who)
        session.commit()
    assert office.read(lead_id).owner_id == office.person.user_id
    with office.serving() as session:
        assignment.assign(session, lead_id, None, actor=who)
        session.commit()
    given, taken = office.events(lead_id, "lead.assigned")
    assert (given.data["name"], taken.data["user_id"]) == ("Alice", None)


def test_neither_strangers_nor_viewers_answer_leads(office: Office, bob: Person, owner: Owner) -> None:
    lead_id = office.lead()
    with office.serving() as session:
        with pytest.raises(NotFoundError):
            assignment.assign(session, lead_id, bob.user_id, actor=_actor(office))
        owner.execute("UPDATE members SET role = 'viewer' WHERE user_id = %s", (office.person.user_id,))
        with pytest.raises(NotFoundError):
            assignment.assign(session, lead_id, office.person.user_id, actor=_actor(office))


def test_the_second_of_two_editors_is_told(office: Office) -> None:
    lead_id = office.lead()
    with office.serving() as session, pytest.raises(ChangedMeanwhileError):
        assignment.assign(session, lead_id, office.person.user_id, actor=_actor(office), version=7)


def test_a_member_who_leaves_leaves_the_lead_behind(office: Office, owner: Owner) -> None:
    lead_id = office.lead()
    with office.serving() as session:
        assignment.assign(session, lead_id, office.person.user_id, actor=_actor(office))
        session.commit()
    owner.execute("DELETE FROM members WHERE user_id = %s", (office.person.user_id,))
    assert office.read(lead_id).owner_id is None


def test_moving_a_lead_on_answers_it(office: Office) -> None:
    lead_id = office.lead()
    with office.serving() as session:
        moves.move(session, lead_id, office.stage_ids["Contacted"], actor=_actor(office))
        session.commit()
    first = office.read(lead_id).answered_at
    assert first is not None
    with office.serving() as session:
        moves.move(session, lead_id, office.stage_ids["Won"], actor=_actor(office))
        session.commit()
    assert office.read(lead_id).answered_at == first


def test_an_answer_counts_once(office: Office) -> None:
    lead_id = office.lead()
    with office.serving() as session:
        for _ in range(2):
            judging.answer(session, lead_id, actor=_actor(office))
        session.commit()
    assert len(office.events(lead_id, "lead.answered")) == 1


@pytest.mark.parametrize("quotable", ["", "perhaps", "YES"])
def test_only_known_judgements(office: Office, quotable: str) -> None:
    lead_id = office.lead()
    with office.serving() as session, pytest.raises(InvalidInputError):
        judging.judge(session, lead_id, quotable, actor=_actor(office))


def test_a_reason_belongs_to_a_lost_lead_and_goes_when_it_is_lost_no_more(office: Office) -> None:
    lead_id, who = office.lead(), _actor(office)
    with office.serving() as session:
        reason = queries.lost_reasons(session)[0]
        with pytest.raises(InvalidInputError):
            judging.explain_loss(session, lead_id, reason.id, actor=who)
        moves.move(session, lead_id, office.stage_ids["Lost"], actor=who)
        with pytest.raises(NotFoundError):
            judging.explain_loss(session, lead_id, new_id(), actor=who)
        judging.explain_loss(session, lead_id, reason.id, actor=who)
        session.commit()
    assert office.events(lead_id, "lead.loss_explained")[0].data["reason"] == "Too expensive"
    with office.serving() as session:
        moves.move(session, lead_id, office.stage_ids["Qualified"], actor=who)
        session.commit()
    assert office.read(lead_id).lost_reason_id is None


def test_reasons_are_added_retired_and_brought_back(office: Office) -> None:
    with office.serving() as session:
        added = lost_reasons.add(session, "  Too\tfar away ")
        lost_reasons.retire(session, added.id)
        assert added.name not in [reason.name for reason in queries.lost_reasons(session)]
        assert lost_reasons.add(session, "too far AWAY").id == added.id
        assert len(session.scalars(select(LostReason)).all()) == 6
        for name in ("", "x" * 81):
            with pytest.raises(InvalidInputError):
                lost_reasons.add(session, name)
        for number in range(24):
            lost_reasons.add(session, f"Reason {number}")
        with pytest.raises(InvalidInputError):
            lost_reasons.add(session, "One too many")


def test_tags_are_made_by_using_them(office: Office) -> None:
    lead_id, who = office.lead(), _actor(office)
    with office.serving() as session:
        first = tags.put(session, lead_id, " Spring  offer ", actor=who)
        assert tags.put(session, lead_id, "SPRING OFFER", actor=who).id == first.id
        assert [tag.name for tag in queries.tags_of(session, lead_id)] == ["Spring offer"]
        tags.take_off(session, lead_id, first.id, actor=who)
        tags.take_off(session, lead_id, first.id, actor=who)
        assert queries.tags_of(session, lead_id) == []
        assert [tag.name for tag in queries.all_tags(session)] == ["Spring offer"]
        session.commit()
    assert len(office.events(lead_id, "lead.tagged")) == len(office.events(lead_id, "lead.untagged")) == 1


def test_a_tag_that_came_meanwhile_is_taken(office: Office) -> None:
    lead_id = office.lead()
    with office.serving() as session, office.serving() as other:
        hidden = tags._find_or_make(other, "Spring")
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(tags.put, session, lead_id, "SPRING", actor=_actor(office))
            time.sleep(0.2)  # it waits for the unique index now
            other.commit()
            assert waiting.result().id == hidden.id
        session.commit()


def test_a_lead_has_room_for_twenty_tags(office: Office) -> None:
    lead_id = office.lead()
    with office.serving() as session:
        for number in range(tags.MOST_ON_A_LEAD):
            tags.put(session, lead_id, f"tag {number}", actor=_actor(office))
        with pytest.raises(InvalidInputError):
            tags.put(session, lead_id, "one more", actor=_actor(office))
        for name in ("", "\x00", "x" * 41):
            with pytest.raises(InvalidInputError):
                tags.put(session, lead_id, name, actor=_actor(office))


def _task(office: Office, lead_id: uuid.UUID, *, hours: float, assignee_id: uuid.UUID | None = None) -> uuid.UUID:
    due_at = utc_now() + timedelta(hours=hours)
    with office.serving() as session:
        task = tasks.plan(
            session, lead_id, title="Call back", due_at=due_at, assignee_id=assignee_id, actor=_actor(office)
        )
        session.commit()
    return task.id


def test_a_due_task_is_told_once(office: Office) -> None:
    lead_id = office.lead()
    _task(office, lead_id, hours=-1, assignee_id=office.person.user_id)
    _task(office, lead_id, hours=1)
    with office.serving() as session:
        assert (tasks.remind(session), tasks.remind(session)) == (1, 0)
        session.commit()
    (event,) = office.events(lead_id, "lead.task_due")
    assert event.data["assignee_id"] == str(office.person.user_id)


def test_tasks_are_done_and_reopened(office: Office) -> None:
    lead_id, who = office.lead(), _actor(office)
    task_id = _task(office, lead_id, hours=-1)
    with office.serving() as session:
        for _ in range(2):
            tasks.finish(session, task_id, actor=who)
        assert tasks.remind(session) == 0
        for _ in range(2):
            tasks.reopen(session, task_id, actor=who)
        session.commit()
    assert len(office.events(lead_id, "lead.task_done")) == len(office.events(lead_id, "lead.task_reopened")) == 1


@pytest.mark.parametrize("title", ["", " \n", "x" * 201])
def test_a_task_says_what_is_to_be_done(office: Office, title: str) -> None:
    lead_id = office.lead()
    with office.serving() as session, pytest.raises(InvalidInputError):
        tasks.plan(session, lead_id, title=title, due_at=utc_now(), assignee_id=None, actor=_actor(office))


def test_the_agenda_sorts_by_when_things_are_due(office: Office, office_of: OfficeOf, bob: Person) -> None:
    lead_id = office.lead("Longest waiting", hours_ago=30)
    office.lead("Answered", stage="Contacted")
    office.lead("Spam", is_spam=True)
    late, soon, later = (_task(office, lead_id, hours=hours) for hours in (-2, 26, 24 * 9))
    office_of(bob).lead("Somebody else's")
    with office.serving() as session:
        agenda = today.agenda(session, time_zone="Europe/London", member_id=office.person.user_id)
    assert [task.id for task in agenda.overdue] == [late]
    assert [task.id for task in agenda.ahead] == [soon]
    assert later not in [task.id for task in agenda.ahead]
    assert [lead.name for lead in agenda.waiting] == ["Longest waiting"]


def test_mine_leaves_out_what_others_answer_for(office: Office, owner: Owner, bob: Person) -> None:
    owner.execute(
        "INSERT INTO members (company_id, id, user_id, role, job_title, created_at)"
        " VALUES (%s, %s, %s, 'member', '', now())",
        (office.person.company_id, new_id(), bob.user_id),
    )
    lead_id = office.lead()
    _task(office, lead_id, hours=-1, assignee_id=bob.user_id)
    with office.serving() as session:
        assignment.assign(session, lead_id, bob.user_id, actor=_actor(office))
        mine = today.agenda(session, time_zone="Europe/London", member_id=office.person.user_id)
        everybody = today.agenda(session, time_zone="Europe/London", member_id=None)
    assert (len(mine.overdue), len(mine.waiting)) == (0, 0)
    assert (len(everybody.overdue), len(everybody.waiting)) == (1, 1)


def test_the_job_reminds_every_company(office: Office, office_of: OfficeOf, bob: Person, app) -> None:  # type: ignore[no-untyped-def]
    from app.follow_up import jobs  # noqa: PLC0415 - needs the application

    other = office_of(bob)
    for each in (office, other):
        _task(each, each.lead(), hours=-1)
    with app.app_context():
        jobs.remind_of_tasks()
        jobs.remind_of_tasks()
    for each in (office, other):
        with each.serving() as session:
            assert session.scalars(select(Task.reminded_at)).one() is not None
