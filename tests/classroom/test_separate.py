"""Each learner a system user: nobody sees another's files, processes, kernels or outputs."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = ("learner-01", "learner-02")


def why_not():
    """A sentence where learners can be no system users, else None."""
    import pwd

    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root on Linux can make system users, so no learners were kept apart"
    if taken := {user.pw_name for user in pwd.getpwall()} & set(NAMES):
        return f"this machine has users of its own called {', '.join(sorted(taken))}"
    missing = [name for name in ("useradd", "userdel", "unshare") if not shutil.which(name)]
    return f"this machine lacks {', '.join(missing)}" if missing else None


pytestmark = pytest.mark.classroom


def closed_to_others(path):
    """The topmost folder above `path` through which other users may not go, else None."""
    for folder in [*reversed(path.parents), path]:
        if not folder.stat().st_mode & 0o001:
            return folder
    return None


def way_in():
    """Words in front of the hub's command by which its learners can run this Python.

    Where Python or the course lies in root's own folder, the hub gets a view of the disk of its
    own, in which that folder shows these alone. Nothing on the machine is changed.
    """
    needed = {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), ROOT}
    script = ["set -e"]
    for top in {closed_to_others(path) for path in needed} - {None}:
        paths = [path for path in needed if top in (path, *path.parents)]
        aside = [f"/mnt/course-{number}" for number in range(len(paths))]
        script.append("mount -t tmpfs tmpfs /mnt")
        for path, at in zip(paths, aside, strict=True):
            script.append(f"mkdir {at}; mount --bind {shlex.quote(str(path))} {at}")
        script.append(f"mount -t tmpfs -o mode=755 tmpfs {shlex.quote(str(top))}")
        for path, at in zip(paths, aside, strict=True):
            there = shlex.quote(str(path))
            script.append(f"mkdir -p {there}; mount --bind {at} {there}")
    script.append('exec "$@"')
    return ["unshare", "--mount", "--propagation=private", "sh", "-c", "\n".join(script), "sh"]


@pytest.fixture(scope="module")
def two():
    """Two learners that are system users, each with a kernel."""
    if reason := why_not():
        pytest.skip(reason)
    import trial
    from learner import together

    with tempfile.TemporaryDirectory(prefix="course-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "home").mkdir()
        try:
            for user in NAMES:
                home = ["--create-home", "--home-dir", folder / "home" / user]
                mode = ["--key", "HOME_MODE=0700", "--shell", "/bin/bash"]
                subprocess.run(["useradd", *home, *mode, user], check=True)
            start = trial.start(trial.free_port(), folder, 2, separate=True, prefix=way_in())
            with start as hub:
                yield [(learner, learner.kernel()) for learner in together(hub, NAMES)]
        finally:
            for user in NAMES:
                subprocess.run(["userdel", user], check=False, capture_output=True)


def home_of(kernel):
    return kernel.run("import os; print(os.path.expanduser('~'))")


def test_each_runs_as_a_user_of_its_own(two):
    whoami = "import getpass, os; print(getpass.getuser(), os.getuid())"
    found = [kernel.run(whoami).split() for _, kernel in two]
    assert [name for name, _ in found] == list(NAMES)
    assert "0" not in [uid for _, uid in found]


def test_files_and_progress_of_another_cannot_be_read(two):
    (_, mine), (_, theirs) = two
    mine.run("open('secret.txt', 'w').write('mine')")
    mine.run("from course_utils.exercises import kept; kept.keep('idf')")
    home = home_of(mine)
    assert home != home_of(theirs)
    for path in ("secret.txt", ".local/share/meta-learning-course/scores.json"):
        assert mine.run(f"print(os.path.exists({path!r}))") == "True"
        assert theirs.run(f"open({home + '/' + path!r})").startswith("PermissionError")
    assert theirs.run(f"os.listdir({home!r})").startswith("PermissionError")
    assert theirs.run("from course_utils.exercises import kept; print(kept.keep('idf'))") == ""


def test_processes_of_another_cannot_be_looked_into_or_ended(two):
    (_, mine), (_, theirs) = two
    pid = mine.run("import os; print(os.getpid())")
    for name in ("environ", "maps", "cwd"):
        look = "os.readlink" if name == "cwd" else "open"
        assert theirs.run(f"{look}('/proc/{pid}/{name}')").startswith("PermissionError")
    assert theirs.run(f"os.kill({pid}, 9)").startswith("PermissionError")
    assert mine.run("print(7)") == "7"


CONNECTION = "import ipykernel, json; print(json.load(open(ipykernel.get_connection_file()))[{!r}])"
LISTEN = """
import zmq
listener = zmq.Context.instance().socket(zmq.SUB)
listener.subscribe(b"")
listener.connect("tcp://127.0.0.1:{port}")
"""
HEARD = "print(listener.poll(3000))"
ASK = """
import requests
print(requests.get({!r}, headers={{"Authorization": "token " + {!r}}}).status_code)
"""


def test_outputs_of_another_cannot_be_listened_to(two):
    """All kernels of a machine listen on ports which every user of it can reach."""
    (_, mine), (_, theirs) = two
    port = mine.run(CONNECTION.format("iopub_port"))
    theirs.run(LISTEN.format(port=port))
    waits = theirs.send(HEARD)
    for number in range(20):
        assert mine.run(f"print({number})") == str(number)
    assert theirs.said(waits) == "0"


def test_a_learners_own_token_opens_no_other_server(two):
    (ann, mine), (ben, theirs) = two
    token = theirs.run("print(os.environ['JUPYTERHUB_API_TOKEN'])")
    assert len(token) > 20
    direct = mine.run("print(os.environ['JUPYTERHUB_SERVICE_URL'])").rstrip("/")
    for server in (ann.server, direct):
        assert theirs.run(ASK.format(f"{server}/api/kernels", token)) == "403"
    assert theirs.run(ASK.format(f"{ben.server}/api/kernels", token)) == "200"
