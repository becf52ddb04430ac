"""`make classroom` says where to go, and ends with all that it has started."""

import os
import re
import signal
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


def test_what_a_killed_trial_has_left_is_ended_by_the_next_one_and_nothing_else_is(tmp_path):
    import trial

    with subprocess.Popen(["true"]) as gone:
        pass
    facts = [tmp_path / f"trial-{pid}-8000.json" for pid in (gone.pid, os.getpid())]
    left = []
    for path in facts:
        path.touch()
        left.append(subprocess.Popen(["sleep", "60"], env=os.environ | {"COURSE_TRIAL": str(path)}))
    trial.end_left_over(tmp_path)
    assert [process.poll() is None for process in left] == [False, True]
    assert [path.exists() for path in facts] == [False, True]
    left[1].kill()
    left[1].wait()


def test_a_port_that_is_taken_is_said(hub, tmp_path):
    command = [sys.executable, TRIAL, "--port", str(hub.ports["public"]), "--folder", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"port {hub.ports['public']} is taken" in done.stderr


def test_a_class_of_nobody_is_refused(tmp_path):
    import trial

    with pytest.raises(ValueError, match="users must be 1 or more, or None for any name, got 0"):
        trial.start(1, tmp_path, 0).__enter__()
