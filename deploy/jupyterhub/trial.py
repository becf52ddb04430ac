"""A hub for a trial, on this machine alone: ``make classroom``; tests and measurements start it."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psutil

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))
from proxy import NoProxy, proxy  # noqa: E402

FOLDER = ROOT / "build" / "classroom"
MARK = "COURSE_TRIAL"
SECONDS_TO_START, SECONDS_TO_END = 60, 10


class NoTrial(RuntimeError):
    """The trial hub could not start."""


@dataclass
class Trial:
    """A hub that runs, its proxy, and the learners' servers that it started.

    url: where it listens. password: everybody's. names: who may come in, all where there are none.
    """

    url: str
    password: str
    names: list[str]
    folder: Path
    facts: Path
    ports: dict[str, int]
    token: str
    prefix: Sequence[str] = ()
    _running: dict[str, subprocess.Popen] = field(default_factory=dict)

    @property
    def pids(self) -> dict[str, int]:
        """The process of the hub and that of the proxy, by name."""
        return {name: process.pid for name, process in self._running.items()}

    def link(self) -> str:
        """The link for students: it brings a copy of the course, and later what is new in it.

        Empty where the course is on no branch, or not under git.
        """
        branch = _git("symbolic-ref", "--short", "HEAD")
        if not branch:
            return ""
        asked = {
            "repo": f"file://{ROOT}",
            "branch": branch,
            "targetpath": "course",
            "urlpath": "lab/tree/course/notebooks/00-start-here.ipynb",
        }
        return f"{self.url}/hub/user-redirect/git-pull?{urlencode(asked)}"

    def start(self, name: str) -> None:
        """Start "hub" or "proxy"; the hub is waited for."""
        log = self.folder / f"{name}.log"
        with open(log, "ab") as file:
            self._running[name] = subprocess.Popen(
                self._command(name),
                cwd=self.folder,
                env=os.environ
                | {MARK: str(self.facts), "CONFIGPROXY_AUTH_TOKEN": self.token, "PYTHONPATH": ROOT},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,  # Ctrl-C is for the trial, which ends them in order
            )
        if name == "hub":
            self._wait_for_hub(log)

    def stop(self, name: str, how: int = signal.SIGTERM) -> None:
        """End "hub" or "proxy" alone; the learners' servers live on."""
        process = self._running.pop(name)
        process.send_signal(how)
        try:
            process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def processes(self) -> list[psutil.Process]:
        """All processes of this trial: hub, proxy, servers, kernels."""
        return _marked(self.facts)

    def end(self) -> None:
        """End all of them, servers and kernels first asked and then killed."""
        for name in list(self._running):
            self.stop(name)
        _end_marked(self.facts)

    def _command(self, name: str) -> list[str]:
        ports = self.ports
        if name == "hub":
            config = ["-f", str(HERE / "trial_config.py")]
            return [*self.prefix, sys.executable, "-m", "jupyterhub", *config]
        here = "127.0.0.1"
        listens = ["--ip", here, "--port", str(ports["public"])]
        listens += ["--api-ip", here, "--api-port", str(ports["api"])]
        wrong = ["--error-target", f"http://{here}:{ports['hub']}/hub/error"]
        return [*proxy(), *listens, *wrong]

    def _wait_for_hub(self, log: Path) -> None:
        end = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < end:
            if self._running["hub"].poll() is not None:
                break
            with suppress(OSError, urllib.error.URLError):
                urllib.request.urlopen(f"{self.url}/hub/health", timeout=2).close()
                return
            time.sleep(0.2)
        said = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        raise NoTrial("\n".join(["the hub did not start. It said:", *said]))


@contextmanager
def start(
    port: int = 8000,
    folder: Path = FOLDER,
    users: int | None = None,
    *,
    separate: bool = False,
    memory: str = "",
    prefix: Sequence[str] = (),
) -> Iterator[Trial]:
    """Run a trial hub while the block runs; it is ready when the block begins.

    port: where it listens, on 127.0.0.1. folder: for its logs and the learners' home folders.
    users: how many learners there are (learner-01, ...), without it any name is one. separate: each
    learner is the system user of that name, for which the hub must be root. memory: what a process
    may take ("2G"). prefix: words in front of the hub's command. Raises NoTrial where it cannot
    start, ValueError where a number makes no sense.
    """
    if not 1 <= port <= 65535:
        raise ValueError(f"port must be from 1 to 65535, got {port}")
    if users is not None and users < 1:
        raise ValueError(f"users must be 1 or more, or None for any name, got {users}")
    names = [f"learner-{n:02}" for n in range(1, (users or 0) + 1)]
    folder = Path(folder).resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "home").mkdir(exist_ok=True)
    except OSError as error:
        raise NoTrial(f"there can be no folder {folder}: {error.strerror}") from None
    if pid := end_left_over(folder):
        raise NoTrial(f"a trial runs in {folder} already, as process {pid}: end that one first")
    if _is_taken(port):
        raise NoTrial(f"port {port} is taken: name another one, as in make classroom PORT=8765")
    for old in ("hub.sqlite", "hub.log", "proxy.log"):
        (folder / old).unlink(missing_ok=True)
    ports = {"public": port, "hub": free_port(), "api": free_port()}
    trial = Trial(
        url=f"http://127.0.0.1:{port}",
        password=secrets.token_urlsafe(9),
        names=names,
        folder=folder,
        facts=folder / f"trial-{os.getpid()}-{port}.json",
        ports=ports,
        token=secrets.token_hex(32),
        prefix=prefix,
    )
    _write_facts(trial, separate, memory)
    try:
        try:
            trial.start("proxy")
        except NoProxy as error:
            raise NoTrial(str(error)) from None
        trial.start("hub")
        yield trial
    finally:
        trial.end()


def end_left_over(folder: Path) -> int | None:
    """End what killed trials have left in this folder; the process of one that lives, if any."""
    living = None
    for facts in folder.glob("trial-*-*.json"):
        pid = int(facts.stem.split("-")[1])
        if _lives(pid, facts):
            living = pid
        else:
            _end_marked(facts)
    return living


def _lives(pid: int, facts: Path) -> bool:
    """Whether that process is the trial, and not a later one that was given the same number."""
    with suppress(psutil.Error, OSError):
        begun, written = psutil.Process(pid).create_time(), facts.stat().st_mtime
        return begun < written + 2  # seconds by which the two clocks may differ
    return False


def _marked(facts: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == str(facts):
                found.append(process)
    return found


def _end_marked(facts: Path) -> None:
    for how in (signal.SIGTERM, signal.SIGKILL):
        left = _marked(facts)
        for process in left:
            with suppress(psutil.Error):
                process.send_signal(how)
        psutil.wait_procs(left, timeout=SECONDS_TO_END)
    facts.unlink(missing_ok=True)


def _write_facts(trial: Trial, separate: bool, memory: str) -> None:
    facts = {"url": trial.url, "password": trial.password, "names": trial.names}
    facts |= {"hub_port": trial.ports["hub"], "api_port": trial.ports["api"], "token": trial.token}
    facts |= {"folder": str(trial.folder), "separate": separate, "memory": memory}
    secret = os.open(trial.facts, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(secret, "w", encoding="utf-8") as file:
        json.dump(facts, file)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _is_taken(port: int) -> bool:
    with socket.socket() as one, suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("127.0.0.1", port))
        return False
    return True


def _git(*words: str) -> str:
    if shutil.which("git") is None:
        return ""
    done = subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True)
    return done.stdout.strip()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--users", type=int, help="how many learners there are; else any name")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    args = parser.parse_args(arguments)
    if os.name == "nt":
        raise SystemExit("course: JupyterHub does not run on Windows: take Linux, macOS or WSL.")
    for how in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(how, signal.default_int_handler)
    print("course: a hub for a trial starts in some ten seconds", flush=True)
    try:
        with start(args.port, args.folder, args.users) as trial:
            who = f"{trial.names[0]} to {trial.names[-1]}" if trial.names else "any name"
            print(f"course: open {trial.url} (on this machine alone)")
            print(f"course: user name: {who}. Password: {trial.password}")
            link = trial.link() or "none, since the course is on no branch of git here"
            print(f"course: the link that gives each learner a copy of the course: {link}")
            print(f"course: learners' files are in {trial.folder / 'home'}")
            print("course: to stop it, press Ctrl-C here", flush=True)
            try:
                while trial.processes():
                    time.sleep(5)
            finally:
                for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    signal.signal(how, signal.SIG_IGN)  # all is ended, however often it is pressed
                print("\ncourse: ending the hub and all that it started", flush=True)
    except KeyboardInterrupt:
        print("course: ended")
    except (NoTrial, ValueError) as error:
        raise SystemExit(f"course: {error}") from None


if __name__ == "__main__":
    main()
