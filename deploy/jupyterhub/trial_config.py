"""The trial hub's settings, for `trial.py`, which names a file of facts in COURSE_TRIAL."""

import json
import os
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from jupyterhub.authenticators.shared import SharedPasswordAuthenticator

c = get_config()  # noqa: F821
load_subconfig(str(Path(__file__).with_name("jupyterhub_config.py")))  # noqa: F821

FACTS = json.loads(Path(os.environ["COURSE_TRIAL"]).read_text(encoding="utf-8"))
FOLDER = Path(FACTS["folder"])


class TrialAuthenticator(SharedPasswordAuthenticator):
    """One password for everybody, so it works on this machine alone."""

    def __init__(self, **how):
        super().__init__(**how)
        for url in (self.parent.bind_url, self.parent.hub_bind_url):
            host = urlsplit(url).hostname or ""
            if not (host == "localhost" or _is_loopback(host)):
                raise ValueError(f"a trial hub listens on 127.0.0.1 alone, got {url!r}")


def _is_loopback(host):
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


c.JupyterHub.authenticator_class = TrialAuthenticator
c.SharedPasswordAuthenticator.user_password = FACTS["password"]
c.Authenticator.allow_all = not FACTS["names"]
c.Authenticator.allowed_users = set(FACTS["names"])
c.Authenticator.blocked_users = set()
# A name is a folder's, too: without this a long one waits for ever.
c.Authenticator.username_pattern = r".{1,40}\Z"

c.JupyterHub.bind_url = FACTS["url"]
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{FACTS['hub_port']}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{FACTS['api_port']}"
c.ConfigurableHTTPProxy.auth_token = FACTS["token"]
c.JupyterHub.db_url = f"sqlite:///{FOLDER / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(FOLDER / "cookie_secret")
c.JupyterHub.last_activity_interval = 5

if not FACTS["separate"]:
    from spawners import TrialSpawner

    c.JupyterHub.spawner_class = TrialSpawner
    c.SimpleLocalProcessSpawner.home_dir_template = str(FOLDER / "home" / "{username}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        c.Spawner.args = ["--allow-root"]
else:
    from spawners import LimitedSpawner

    c.JupyterHub.spawner_class = LimitedSpawner
if FACTS["memory"]:
    c.Spawner.mem_limit = FACTS["memory"]
# By this variable the trial knows all processes that belong to it.
MARK = {"COURSE_TRIAL": os.environ["COURSE_TRIAL"]}
c.Spawner.environment |= MARK
for service in c.JupyterHub.services:
    service["environment"] = MARK
