"""Give an environment's JupyterLab the course's settings.

``python .ci/jupyter_settings.py [PREFIX]``, by default for the Python that runs it.

Without ``saveState`` a notebook that a learner ran and saved reads "Error displaying widget: model
not found" the next day. The notebooks in git carry no widget state, so it has to be a setting.
The file is an environment's own: a learner's other JupyterLabs stay as they are.
"""

import json
import sys
from pathlib import Path

SETTINGS = {
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}


def write(prefix):
    """Add the course's settings to the overrides of the JupyterLab under `prefix`, keep others."""
    path = Path(prefix) / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for plugin, values in SETTINGS.items():
        known.setdefault(plugin, {}).update(values)
    path.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    print("JupyterLab settings:", write(sys.argv[1] if len(sys.argv) > 1 else sys.prefix))
