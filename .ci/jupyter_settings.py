"""Give an environment's JupyterLab the course's settings.

``python .ci/jupyter_settings.py [PREFIX]``, by default for the Python that runs it.

Without ``saveState`` a notebook that a learner ran and saved reads "Error displaying widget: model
not found" the next day. The notebooks in git carry no widget state, so it has to be a setting.
The file is an environment's own: a learner's other JupyterLabs stay as they are.
"""

import json
import os
import sys
from pathlib import Path

SETTINGS = {
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}


def known_settings(path):
    """What stands in an overrides file: {} where there is none, or none that JupyterLab can read.

    Such a one, half-written say, is kept beside it under another name.
    """
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):  # not JSON, or not even text
        known = None
    if isinstance(known, dict) and all(isinstance(values, dict) for values in known.values()):
        return known
    aside = path.with_name("overrides-broken.json")
    os.replace(path, aside)
    print(f"course: {path} was broken. It is now called {aside.name}, and a new file is made.")
    return {}


def write(prefix):
    """Add the course's settings to the overrides of the JupyterLab under `prefix`, keep others."""
    path = Path(prefix) / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    known = known_settings(path)
    for plugin, values in SETTINGS.items():
        known.setdefault(plugin, {}).update(values)
    # Written beside it and then renamed, so that it is never half-written.
    beside = path.with_name(path.name + ".new")
    with open(beside, "w", encoding="utf-8") as file:
        file.write(json.dumps(known, indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    return path


if __name__ == "__main__":
    try:
        print("JupyterLab settings:", write(sys.argv[1] if len(sys.argv) > 1 else sys.prefix))
    except OSError as error:
        raise SystemExit(f"course: JupyterLab's settings could not be written ({error}).") from None
