"""python -m sandbox: the practice Google (HTTP and gRPC), the demo shop, the mail catcher, until SIGTERM or Ctrl-C."""

import argparse
import os
import re
import signal
import sqlite3
import sys
import threading
from pathlib import Path

from sandbox.clock import MAX_SPEED
from sandbox.practice import PortTakenError, Practice, Settings


def main() -> int:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    practice = Practice(_settings())
    try:
        practice.start()
    except PortTakenError as error:
        return _fail(f"The practice Google cannot start: {error}")
    except (OSError, sqlite3.Error) as error:
        return _fail(f"The practice Google cannot use its data folder: {error}")
    print(f"Practice Google (not Google)  {practice.http_url}")
    print(f"Practice Google Ads (gRPC)    {practice.grpc_endpoint}  trust {practice.ca_file}")
    print(f"Demo shop                     {practice.shop_url}")
    print(f"Mail catcher (SMTP)           {practice.mail_url}  read it at {practice.http_url}/mail", flush=True)
    stop.wait()
    practice.stop()
    return 0


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


def _settings() -> Settings:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=_port, default=8001, help="practice Google over HTTP (default 8001)")
    parser.add_argument("--grpc-port", type=_port, default=8002, help="practice Google Ads (default 8002)")
    parser.add_argument("--shop-port", type=_port, default=8003, help="demo shop (default 8003)")
    parser.add_argument("--mail-port", type=_port, default=8004, help="mail catcher, SMTP (default 8004)")
    parser.add_argument("--data-dir", type=Path, help="keep accounts, tokens and conversions here (default: in memory)")
    parser.add_argument("--leader-url", type=_origin, default="http://127.0.0.1:8000", help="where Leader runs")
    parser.add_argument(
        "--site-key", type=_site_key, default="", help="the capture source that the demo shop reports to"
    )
    parser.add_argument("--speed", type=_speed, help="practice seconds per real second (default: as before, or 1)")
    parser.add_argument("--quiet", action="store_true", help="no line per request")
    given = parser.parse_args()
    defaults = Settings()
    return Settings(
        **vars(given),
        client_id=os.environ.get("GOOGLE_CLIENT_ID") or defaults.client_id,
        client_secret=os.environ.get("GOOGLE_CLIENT_SECRET") or defaults.client_secret,
    )


def _port(text: str) -> int:
    if not text.isdigit() or not 0 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError("a port is a number from 0 (pick a free one) to 65535")
    return int(text)


def _origin(text: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d+)?/?", text):
        raise argparse.ArgumentTypeError("an address looks like http://127.0.0.1:8000")
    return text.rstrip("/")


def _site_key(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,200}", text):
        raise argparse.ArgumentTypeError("a site key has letters, digits, - and _ only")
    return text


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 <= speed <= MAX_SPEED:
        raise argparse.ArgumentTypeError(f"the speed is a number from 0 to {MAX_SPEED:g}")
    return speed


if __name__ == "__main__":
    sys.exit(main())
