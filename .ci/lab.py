"""Open JupyterLab on the course's first notebook."""

import os
import subprocess
import sys
import webbrowser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST = "notebooks/00-start-here.ipynb"


def has_browser():
    """Whether a window can open here; a text browser in the terminal would not show the course."""
    if sys.platform == "linux" and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def main():
    command = [sys.executable, "-m", "jupyterlab", "--log-level=WARN"]
    # The root is the project, so that README and package can be opened too; the notebooks' pictures
    # are in notebooks/images. The first notebook is the default address and no argument, which the
    # printed address would leave out.
    command += [f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url=/lab/tree/{FIRST}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
        print("course: you are root, so --allow-root was added; as another user it is not needed.")
    if has_browser():
        print("course: JupyterLab starts and opens in your browser in a few seconds.")
    else:
        command.append("--no-browser")
        print("course: no browser here. Open the address that is printed below in a few seconds.")
    print("course: to stop it, press Ctrl-C here, twice.", flush=True)
    if os.name == "nt":
        raise SystemExit(subprocess.call(command))
    os.execv(command[0], command)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("\ncourse: stopped before JupyterLab had started.") from None
