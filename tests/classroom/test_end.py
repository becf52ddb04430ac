"""`make classroom` says where to go, and ends with all that it has started."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.classroom
TRIAL = Path(__file__).resolve().parent.parent.parent / "deploy" / "jupyterhub" / "trial.py"


def read_until(running, words):
    lines = []
    for line in running.stdout:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError(f"it ended without {words!r}: {''.join(lines)}")


def processes_of(folder):
    found = []
    for process in psutil.process_iter():
        try:
            if str(folder) in process.environ().get("COURSE_TRIAL", ""):
                found.append(process)
        except (psutil.Error, OSError):
            pass
    return found


def test_ctrl_c_ends_servers_and_busy_kernels_too(tmp_path):
    import trial
    from learner import Learner

    port = trial.free_port()
    command = [sys.executable, TRIAL, "--port", str(port), "--folder", tmp_path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            said = read_until(running, "Ctrl-C")
            assert f"open http://127.0.0.1:{port} (on this machine alone)" in said
            password = re.search(r"Password: (\S+)", said)[1]
            kernel = Learner(f"http://127.0.0.1:{port}", "dora", password).kernel()
            kernel.send("while True: pass")
            time.sleep(0.5)
            programs = [" ".join(process.cmdline()) for process in processes_of(tmp_path)]
            for part in ("http-proxy", "-m jupyterhub ", "culler", "singleuser", "ipykernel"):
                assert any(part in program for program in programs), part
            running.send_signal(signal.SIGINT)
            time.sleep(0.2)
            running.send_signal(signal.SIGINT)
            assert "ended" in running.stdout.read()
            assert running.wait(60) == 0
            assert processes_of(tmp_path) == []
        finally:
            for process in processes_of(tmp_path):
                process.kill()
            running.kill()
    assert [path.name for path in tmp_path.glob("trial-*.json")] == []


def facts_in(folder, pid, seconds_ago=0):
    """A trial's file of facts, as old as that, and a process that this trial has started."""
    path = folder / f"trial-{pid}-8000.json"
    path.touch()
    os.utime(path, (time.time() - seconds_ago,) * 2)
    return path, subprocess.Popen(["sleep", "60"], env=os.environ | {"COURSE_TRIAL": str(path)})


def test_what_a_killed_trial_has_left_is_ended_by_the_next_one_and_nothing_else_is(tmp_path):
    import trial

    with subprocess.Popen(["true"]) as gone:
        pass
    made = [facts_in(tmp_path, pid) for pid in (gone.pid, os.getpid())]
    try:
        assert trial.end_left_over(tmp_path) == os.getpid()
        assert [process.poll() is None for _, process in made] == [False, True]
        assert [path.exists() for path, _ in made] == [False, True]
    finally:
        made[1][1].kill()
        made[1][1].wait()


def test_a_later_process_with_the_number_of_a_killed_trial_is_not_taken_for_it(tmp_path):
    import trial

    path, left = facts_in(tmp_path, os.getpid(), seconds_ago=10**6)
    try:
        assert trial.end_left_over(tmp_path) is None
        assert not path.exists()
        assert left.poll() is not None
    finally:
        left.kill()


def refused(*words):
    """The one sentence with which a trial does not start."""
    command = [sys.executable, TRIAL, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_a_port_that_is_taken_is_said(hub, tmp_path):
    said = refused("--port", hub.ports["public"], "--folder", tmp_path)
    assert said.startswith(f"course: port {hub.ports['public']} is taken")


def test_a_second_trial_in_a_folder_is_refused_and_the_first_goes_on(hub, learners):
    import trial
    from learner import Learner

    before = (hub.folder / "hub.sqlite").stat().st_ino
    for port in (hub.ports["public"], trial.free_port()):
        said = refused("--port", port, "--folder", hub.folder)
        assert f"a trial runs in {hub.folder} already, as process {os.getpid()}: end that" in said
    assert (hub.folder / "hub.sqlite").stat().st_ino == before
    assert (hub.folder / "hub.log").exists()
    Learner(hub.url, hub.names[0], hub.password)


def test_a_taken_port_costs_an_older_trial_in_that_folder_nothing(tmp_path):
    (tmp_path / "hub.log").write_text("kept")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused("--port", taken.getsockname()[1], "--folder", tmp_path)
    assert (tmp_path / "hub.log").read_text() == "kept"


@pytest.mark.parametrize("port", [70000, 65536, 0, -1])
def test_a_port_that_is_none_is_refused(tmp_path, port):
    said = refused(f"--port={port}", "--folder", tmp_path / "new")
    assert said == f"course: port must be from 1 to 65535, got {port}\n"
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("folder", ["a-file", "a-file/in-it", "/proc/course", "long" * 99])
def test_a_folder_that_cannot_be_is_refused(tmp_path, folder):
    import trial

    (tmp_path / "a-file").touch()
    said = refused("--port", trial.free_port(), "--folder", tmp_path / folder)
    assert said.startswith(f"course: there can be no folder {tmp_path / folder}: ")


def test_a_new_folder_is_closed_to_others(tmp_path, monkeypatch):
    import trial

    def no_proxy():
        raise trial.NoProxy("none today")

    monkeypatch.setattr(trial, "proxy", no_proxy)
    with pytest.raises(trial.NoTrial, match="none today"):
        trial.start(trial.free_port(), tmp_path / "new").__enter__()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_a_class_of_nobody_is_refused(tmp_path):
    import trial

    with pytest.raises(ValueError, match="users must be 1 or more, or None for any name, got 0"):
        trial.start(1, tmp_path, 0).__enter__()
