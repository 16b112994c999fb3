"""What the crash benchmark stands on: real servers, a practice Google, and a company with won leads to report."""

import os
import random
import re
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import requests
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import select

from app.attribution.models import Touchpoint
from app.auth.founding import found_company
from app.auth.passwords import Hasher
from app.capture.models import Consent
from app.companies.vault import open_vault
from app.connections import connecting, jobs
from app.connections.models import AdAccount, ConversionAction
from app.conversions import mappings
from app.conversions.mappings import Wish
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import db
from app.core.events import LEADER, Actor
from app.core.ids import new_id
from app.core.services import services
from app.integrations.google import oauth
from app.leads import moves, stages
from app.leads.models import Lead
from deploy.embedded_postgres import Postgres
from deploy.embedded_valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "a-long-benchmark-password"
PRACTICE_SPEED = "3600"
"""A verdict after half a second; and fifty days, after which Google forgets a request, last twenty minutes."""


@dataclass(frozen=True)
class World:
    settings: Settings
    database_url: str
    google_url: str
    postgres: Postgres
    valkey: Valkey


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """Start everything in `folder`; stop it at the end. fsync is off: processes are killed, the machine is not."""
    postgres, valkey = Postgres(folder, folder, durable=False), Valkey(folder, folder)
    google = None
    try:
        postgres.start()
        valkey.start()
        google, http, grpc = _practice_google(folder)
        settings = _settings(postgres.url(), valkey.url(), http, grpc, folder)
        yield World(settings, postgres.url(), settings.google_datamanager_url, postgres, valkey)
    finally:
        if google:
            google.terminate()
            google.wait(10)
        valkey.stop()
        postgres.stop()


def prepare(app: Flask, runs: int) -> None:
    """Found a company, connect it to the practice Google, map Won, and win `runs` leads by the product's rules."""
    with app.app_context():
        session, held = db.session(), services()
        founded = found_company(
            session,
            company_name="Crash benchmark",
            owner_name="Ada",
            email=f"{new_id().hex}@leader.example",
            password=PASSWORD,
            job_title="Owner",
            key_ring=held.key_ring,
            hasher=Hasher(held.settings.argon2_memory_kib),
            is_confirmed=True,
        )
        connection = connecting.save(
            session,
            _grant(held.settings),
            actor=Actor(founded.user_id, "Ada"),
            box=open_vault(session, held.key_ring),
        )
        session.commit()
        jobs.read_accounts(str(founded.company_id), str(connection.id))
        action_id = session.scalars(
            select(ConversionAction.id)
            .join(AdAccount, AdAccount.id == ConversionAction.ad_account_id)
            .where(AdAccount.is_chosen)
        ).first()
        if action_id is None:
            raise RuntimeError("the practice Google gave no conversion action")
        known = stages.in_order(session)
        won = next(stage.id for stage in known if stage.kind == "won")
        mappings.add(session, stage_id=won, action_id=action_id, wish=Wish("250"))
        session.commit()
        _win_leads(runs, known[0].id, won)


def _win_leads(runs: int, first_stage: uuid.UUID, won: uuid.UUID) -> None:
    session, chance = db.session(), random.Random(7)
    for start in range(0, runs, 200):
        ids = [new_id() for _ in range(start, min(runs, start + 200))]
        session.add_all(Lead(id=lead_id, stage_id=first_stage, name="Won lead", currency="GBP") for lead_id in ids)
        session.flush()
        for lead_id in ids:
            click_id = f"Cj0KCQ{lead_id.hex}{chance.randrange(16**8):08x}"
            session.add(_touch(lead_id, click_id))
            session.add(
                Consent(
                    lead_id=lead_id,
                    ad_user_data="granted",
                    ad_personalization="granted",
                    way="benchmark",
                    wording="",
                )
            )
        session.flush()
        for lead_id in ids:
            moves.move(session, lead_id, won, actor=LEADER)
        session.commit()
        session.expunge_all()


def _touch(lead_id: uuid.UUID, click_id: str) -> Touchpoint:
    return Touchpoint(
        lead_id=lead_id,
        kind="visit",
        occurred_at=utc_now() - timedelta(days=2),
        click_ids={"gclid": click_id},
        channel="Paid Search",
        channel_reason="",
        source_words="Google Ads",
    )


def _grant(settings: Settings) -> oauth.Grant:
    """Walk through the practice consent page as a person would."""
    back = f"{settings.base_url}/connections/callback"
    trip = oauth.authorization(settings, back)
    accounts = requests.get(trip.url, timeout=10).text
    link = re.search(r'<a href="([^"]+)" data-person="', accounts)
    if link is None:
        raise RuntimeError("the practice Google offers nobody to choose")
    page = requests.get(urljoin(trip.url, unescape(link[1])), timeout=10).text
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    boxes = re.findall(r'type="checkbox" name="allow" value="([^"]*)"', page)
    fields = [(name, unescape(value)) for name, value in hidden]
    fields += [("allow", unescape(value)) for value in boxes] + [("decision", "allow")]
    answer = requests.post(urljoin(trip.url, "/o/oauth2/v2/auth"), data=fields, timeout=10, allow_redirects=False)
    return oauth.exchange(
        settings,
        back,
        answer_url=answer.headers["Location"],
        state=trip.state,
        code_verifier=trip.code_verifier,
    )


def _practice_google(folder: Path) -> tuple["subprocess.Popen[bytes]", int, int]:
    """The practice Google in a process of its own: its ports come from the system."""
    http, grpc, shop, mail = _free_ports(4)
    command = [sys.executable, "-m", "sandbox", "--port", str(http), "--grpc-port", str(grpc)]
    command += [
        "--mail-port",
        str(mail),
        "--shop-port",
        str(shop),
        "--data-dir",
        str(folder),
        "--speed",
        PRACTICE_SPEED,
        "--quiet",
    ]
    process = subprocess.Popen(command, cwd=ROOT)
    for _ in range(200):
        try:
            requests.get(f"http://127.0.0.1:{http}/practice/api/clock", timeout=1)
            return process, http, grpc
        except requests.RequestException:
            time.sleep(0.1)
    raise RuntimeError("the practice Google did not start")


def _free_ports(count: int) -> list[int]:
    holders = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [holder.getsockname()[1] for holder in holders]
    for holder in holders:
        holder.close()
    return ports


def _settings(database_url: str, redis_url: str, http: int, grpc: int, folder: Path) -> Settings:
    google = f"http://127.0.0.1:{http}"
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        secret_key="benchmark" * 5,
        leader_master_keys=Fernet.generate_key().decode(),
        data_dir=folder,
        log_level="ERROR",
        google_client_id="practice-leader.apps.googleusercontent.com",
        google_client_secret="practice-secret",
        google_oauth_auth_uri=f"{google}/o/oauth2/v2/auth",
        google_oauth_token_uri=f"{google}/token",
        google_oauth_revoke_uri=f"{google}/revoke",
        google_userinfo_uri=f"{google}/oauth2/v3/userinfo",
        google_ads_endpoint=f"127.0.0.1:{grpc}",
        google_ads_root_certificates=str(folder / "sandbox" / "ca.pem"),
        google_datamanager_url=google,
        conversion_poll_seconds=0.2,
        conversion_lease_seconds=2,
        conversion_retry_seconds=0.1,
        google_timeout_seconds=1,
    )
