"""Find Chromium for the browser tests, or install it: `python -m deploy.chromium`.

Installing works as root on a machine with apt. Elsewhere it says what is missing and succeeds all the same,
since the browser tests then report themselves as skipped; with CI=true a missing Chromium is a failure.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The browser named by CHROMIUM, else the first known name on the PATH."""
    wanted = os.environ.get("CHROMIUM")
    return next((path for name in ([wanted] if wanted else NAMES) if (path := shutil.which(name))), None)


def why_missing() -> str:
    return "Chromium is missing (as root on Debian: apt-get install chromium; or set CHROMIUM to its path)"


def install() -> None:
    """Install Debian's Chromium: no recommended packages, but one font for the glyphs that ours lacks."""
    print("Installing Chromium for the browser tests ...", flush=True)
    apt_get("update")
    apt_get("install", "--yes", "--no-install-recommends", "chromium", "fonts-liberation")


def apt_get(*arguments: str) -> None:
    done = subprocess.run(
        ["apt-get", "--quiet", *arguments],
        env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        print(f"apt-get {arguments[0]} failed: {' '.join(last)}", file=sys.stderr)


def main() -> int:
    if find() is None and shutil.which("apt-get") and os.geteuid() == 0:
        install()
    if find() is not None:
        return 0
    if os.environ.get("CI") == "true":
        print(f"{why_missing()}, and CI=true asks for it.", file=sys.stderr)
        return 1
    print(f"The browser tests will be skipped: {why_missing()}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
