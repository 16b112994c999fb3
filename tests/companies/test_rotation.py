"""The master key changes while everybody works, and nothing is lost."""

import threading
from collections.abc import Callable

from cryptography.fernet import Fernet
from flask import Flask

from app.companies import gates, rotation
from app.companies.vault import open_vault
from app.core import tenancy
from app.core.crypto import KeyRing
from app.core.services import services
from tests.fixtures.application import NewSession
from tests.fixtures.people import Person, Welcome


def rotate_all(new_session: NewSession, ring: KeyRing, *, stop_after: int | None = None) -> int:
    """As the command does it; the number of keys that were wrapped anew."""
    done = 0
    for company_id in gates.all_ids(new_session()):
        session = new_session()
        tenancy.serve(session, company_id)
        done += rotation.rotate(session, ring)
        session.commit()
        session.close()
        if done == stop_after:
            break
    return done


def test_under_load_nothing_fails_and_the_old_key_is_needed_no_more(
    app: Flask, welcome: Welcome, new_session: NewSession
) -> None:
    people = [welcome(f"Owner{number}", f"Company {number}") for number in range(6)]
    with app.app_context():
        old_keys = services().settings.master_keys
    old, new = KeyRing(old_keys), Fernet.generate_key().decode()
    both, sealed = KeyRing((new, *old_keys)), {}
    for person in people:
        session = new_session()
        tenancy.serve(session, person.company_id)
        sealed[person.company_id] = open_vault(session, old).seal("token", owner="here")
        session.close()
    failures, stopped = _load(people, new_session, both, sealed)
    assert rotate_all(new_session, both, stop_after=3) == 3  # killed half-way
    assert rotate_all(new_session, both) == 3
    assert rotate_all(new_session, both) == 0
    opened = stopped()
    assert failures == []
    assert opened > 10
    alone = KeyRing((new,))
    for person in people:
        session = new_session()
        tenancy.serve(session, person.company_id)
        assert open_vault(session, alone).open(sealed[person.company_id], owner="here") == "token"


def _load(
    people: list[Person], new_session: NewSession, ring: KeyRing, sealed: dict[object, str]
) -> tuple[list[Exception], Callable[[], int]]:
    """Somebody opens every company's secret over and over, until told to stop; how often it was opened."""
    failures: list[Exception] = []
    is_over, opened = threading.Event(), [0]

    def work() -> None:
        while not is_over.is_set() or opened[0] < 12:
            for person in people:
                session = new_session()
                try:
                    tenancy.serve(session, person.company_id)
                    assert open_vault(session, ring).open(sealed[person.company_id], owner="here") == "token"
                    opened[0] += 1
                except Exception as error:
                    failures.append(error)
                    return
                finally:
                    session.close()

    thread = threading.Thread(target=work)
    thread.start()

    def stop() -> int:
        is_over.set()
        thread.join(30)
        return opened[0]

    return failures, stop
