"""Write ``requirements.lock``: names and versions that serve every system and Python 3.11 to 3.13.

uv resolves for all of them at once and writes environment markers, which pip cannot; it is taken
from PyPI into a temporary environment. CUDA's packages are left out: the build of torch that a
machine takes decides about them, and pins them itself.
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = """\
# What `make` installs: a constraints file for pip, written by `make lock` from pyproject.toml.
# Names, versions and markers only, so that it serves any machine and any package index.
"""
LEFT_OUT = ("nvidia-", "cuda-", "triton")


def compile_lock(uv):
    command = [uv, "pip", "compile", "--universal", "--python-version=3.11", "--all-extras"]
    command += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    done = subprocess.run(
        [*command, "pyproject.toml"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    pins = [line for line in done.stdout.splitlines() if not line.startswith(LEFT_OUT)]
    return HEADER + "\n".join(pins) + "\n"


def main():
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        scripts = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin")
        subprocess.run([scripts / "python", "-m", "pip", "install", "--quiet", "uv"], check=True)
        lock = compile_lock(scripts / "uv")
    (ROOT / "requirements.lock").write_text(lock, encoding="utf-8")
    print(f"requirements.lock: {lock.count('==')} pins")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("\ncourse: stopped. requirements.lock is as it was.") from None
