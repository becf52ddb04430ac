"""Make ``.venv`` with what the course needs: ``python .ci/install.py [--site] [--test] ...``.

Called by make, and by hand where there is no make. Nothing is done when ``.venv`` already holds
what ``pyproject.toml`` and ``requirements.lock`` ask for; one that was interrupted, has lost files
or was moved is made anew, and one that another terminal makes just now is waited for. Only the
standard library is used, since nothing is installed yet. With --peers the libraries that the core
is measured beside go into an environment of their own, ``.venv-peers``.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import jupyter_settings
import whole
from one_at_a_time import one_at_a_time
from torch_source import locked_version, torch_arguments, torch_source

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ((3, 11), (3, 12), (3, 13))
PEERS = "benchmarks/peers/requirements.lock"
WAITS = "another terminal installs into .venv just now: waiting until it has ended"


def say(text):
    """Print one of our own sentences so that it stands out from pip's lines."""
    print(f"course: {text}", flush=True)


def runs(name, version):
    """Whether a command is a Python of that version: a shim may stand for one that is not here."""
    program = f"import sys; raise SystemExit(sys.version_info[:2] != {tuple(version)!r})"
    try:
        return (
            subprocess.run([name, "-c", program], capture_output=True, timeout=10).returncode == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def python_problem(version=sys.version_info[:2], runs=runs):
    """A sentence when this Python can't run the course, else None."""
    if tuple(version) in PYTHONS:
        return None
    names = {f"python{major}.{minor}": (major, minor) for major, minor in reversed(PYTHONS)}
    found = next((name for name in names if runs(name, names[name])), None)
    advice = (
        f"Use the one that is here: make lab PYTHON={found} (or {found} .ci/install.py)."
        if found
        else "Install one of them, or take the conda way (README)."
    )
    here = ".".join(map(str, version))
    return f"the course needs Python 3.11, 3.12 or 3.13, and this is Python {here}. {advice}"


class Environment:
    """The course's virtual environment and the note in it that says what it holds."""

    also = ()  # further arguments of pip
    name, files = ".venv", ("pyproject.toml", "requirements.lock")

    def __init__(self, root=ROOT):
        self.root = root
        self.folder = root / self.name
        self.note = self.folder / "course-install.json"
        self.lock = root / f"{self.name}.lock"
        scripts = "Scripts/python.exe" if os.name == "nt" else "bin/python"
        self.python = self.folder / scripts

    def digest(self):
        """What an install depends on; the folder too, since an editable install names it."""
        files = [self.root / name for name in self.files]
        parts = [str(self.root).encode(), *(file.read_bytes() for file in files)]
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    def noted(self):
        """The note's content: {} where there is none, a None digest where it was not finished."""
        try:
            note = json.loads(self.note.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):
            note = None
        unfinished = not isinstance(note, dict) or not isinstance(note.get("digest"), str)
        return {"digest": None} if unfinished else note

    def write_note(self, digest, test, packages=(), site=False, classroom=False):
        note = {"digest": digest, "test": test, "site": site, "classroom": classroom}
        note["packages"] = list(packages)
        self.note.write_text(json.dumps(note) + "\n", encoding="utf-8")

    def starts(self):
        """Whether its Python runs: an upgrade of the system's Python can break it."""
        try:
            return subprocess.run([self.python, "-c", ""], capture_output=True).returncode == 0
        except OSError:
            return False

    def was_moved(self):
        """Whether its programs name another folder: such a one's they would run, or nothing."""
        pip = self.python.with_name("pip.exe" if os.name == "nt" else "pip")
        try:
            return str(self.folder).encode() not in pip.read_bytes()
        except OSError:
            return False

    def lacking(self):
        """The names of the packages that have lost files since the install."""
        noted = self.noted().get("packages")
        noted = noted if isinstance(noted, list) else []
        there = set(whole.whole_packages(self.folder))
        return [name for name in noted if isinstance(name, str) and name not in there]

    def broken(self):
        """A sentence's part on why it must be made anew, else None. One made by hand is kept."""
        note = self.noted()
        if not self.folder.exists():
            lost = f"{self.name} is a link to what is not there"
            return lost if self.folder.is_symlink() else None
        if note.get("digest", "") is None:
            return "an earlier install was not finished"
        if not self.starts():
            return f"the Python in {self.name} does not run"
        if note and self.was_moved():
            return f"the course's folder was moved or copied, and {self.name} names the old one"
        if lacking := self.lacking():
            more = f" and {len(lacking) - 3} other packages" if len(lacking) > 3 else ""
            return f"{self.name} has lost files of {', '.join(lacking[:3])}{more}"
        return None

    def ready(self, test, site=False, classroom=False):
        """Whether everything is installed and still there, with the additions asked for."""
        note = self.noted()
        asked = {"test": test, "site": site, "classroom": classroom}
        lacks = [name for name, wanted in asked.items() if wanted and not note.get(name)]
        return note.get("digest") == self.digest() and not lacks and self.broken() is None

    def prepare(self):
        """Make the folder, anew if what is in it is of no use."""
        if problem := self.broken():
            say(f"{problem}: making {self.name} anew")
            if self.folder.is_dir() and not self.folder.is_symlink():
                shutil.rmtree(self.folder)
            else:
                self.folder.unlink()
        self.folder.mkdir(exist_ok=True)
        self.write_note(None, False)
        if not self.python.exists():
            made = subprocess.run([sys.executable, "-m", "venv", self.folder])
            if made.returncode:
                raise SystemExit(
                    "course: Python could not make a virtual environment (it says why above). "
                    "On Debian and Ubuntu: sudo apt install python3-venv"
                )

    def pip(self, *arguments):
        """Run ``pip install`` in the environment and tell whether it worked."""
        command = [self.python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
        return subprocess.run([*command, *arguments], cwd=self.root).returncode == 0

    def install_torch(self, source):
        lock = (self.root / "requirements.lock").read_text(encoding="utf-8")
        version = locked_version("torch", lock)
        if source is not None:
            say(f"torch {version} from {source}")
            if self.pip(*torch_arguments(source, version)):
                return True
            say("that did not work (pip says why above): taking torch from pip's default index")
        elif platform.system() == "Linux":
            say(f"torch {version} from pip's default index; on Linux this may be several GB")
        else:
            say(f"torch {version} from pip's default index")
        return self.pip(*torch_arguments(None, version))

    def install(self, test, site=False, classroom=False):
        """Install torch, then the rest at the locked versions; the note is written last.

        With the test tools comes what makes the site, so that it is tested, too.
        """
        earlier = self.noted()
        self.prepare()
        if earlier.get("digest") == self.digest():  # an addition: what was asked for before stays
            test = test or bool(earlier.get("test"))
            site = site or bool(earlier.get("site"))
            classroom = classroom or bool(earlier.get("classroom"))
        site = site or test
        extras = {"test": test, "site": site, "classroom": classroom}
        names = ",".join(name for name, wanted in extras.items() if wanted)
        what = ("-e", f".[{names}]" if names else ".", *self.also)
        done = self.install_torch(torch_source())
        if done:
            say("JupyterLab and the other packages, about a minute")
            done = self.pip("-c", "requirements.lock", *what)
        if not done:
            raise SystemExit(
                "course: the install did not finish (pip says why above). "
                "The same command starts it anew."
            )
        jupyter_settings.write(self.folder)
        packages = whole.whole_packages(self.folder)
        self.write_note(self.digest(), test, packages, site, classroom)


class PeersEnvironment(Environment):
    """The course with the libraries that it is measured beside: none of them touches .venv."""

    also = ("-r", PEERS)
    name, files = ".venv-peers", (*Environment.files, PEERS)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", action="store_true", help="install what makes the site also")
    parser.add_argument("--test", action="store_true", help="install both and the test tools also")
    parser.add_argument("--classroom", action="store_true", help="install JupyterHub also")
    parser.add_argument("--peers", action="store_true", help="make .venv-peers, for benchmarks")
    args = parser.parse_args(arguments)
    environment = PeersEnvironment() if args.peers else Environment()
    asked = (args.test, args.site, args.classroom)
    if environment.ready(*asked):
        return
    problem = python_problem()
    if problem:
        raise SystemExit(f"course: {problem}")
    with one_at_a_time(environment.lock, lambda: say(WAITS.replace(".venv", environment.name))):
        if environment.ready(*asked):  # the other terminal has done it
            return
        start = time.monotonic()
        where = environment.name
        say(f"installing into {where}: one to five minutes and about 1.5 GB of disk, once")
        environment.install(*asked)
        say(f"installed in {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("\ncourse: interrupted. The same command starts anew.") from None
    except OSError as error:
        raise SystemExit(f"course: the install did not finish ({error}).") from None
