"""JupyterHub for a class on one server: fill in what is marked, then see docs/classroom.md.

The hub runs as root, since it starts each learner's server as that learner's system user.
"""

import grp
import os
import pwd
import sys
from importlib.util import find_spec
from pathlib import Path

c = get_config()  # noqa: F821

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(ROOT / ".ci")]
import jupyter_settings  # noqa: E402

# FILL IN: what one learner may take, from the table in docs/classroom.md.
MEMORY = "1.5G"
CORES = 1.0

# The address: leave it where a web server with a certificate stands in front (docs/classroom.md).
# The proxy is a service of its own: a port or a certificate of its own is told to that one.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"

# FILL IN: who may come in. PAM asks for the password of the learner's account on this server.
c.JupyterHub.authenticator_class = "pam"
c.Authenticator.allow_all = True  # everybody who has an account; or name them in allowed_users
c.Authenticator.admin_users = set()  # FILL IN: {"ada"}, your own account, to stop others' servers
# Never root, nor an account of the system's own: that learner's server would have its rights.
SYSTEM = {user.pw_name for user in pwd.getpwall() if user.pw_uid < 1000}
MAY_SUDO = {name for group in grp.getgrall() if group.gr_name == "sudo" for name in group.gr_mem}
c.Authenticator.blocked_users = SYSTEM
# With the university's accounts instead (pip install oauthenticator, and its documentation): all
# of these lines. Who comes in gets the account of that name on this server, so name a claim that
# people cannot change by themselves, and the learners one by one.
# c.JupyterHub.authenticator_class = "local-generic-oauth"
# c.GenericOAuthenticator.username_claim = "uid"
# c.Authenticator.allow_all = False
# c.Authenticator.allowed_users = {"ada", "ben"}
# c.Authenticator.blocked_users = SYSTEM | MAY_SUDO
# c.GenericOAuthenticator.client_id = ...
# c.GenericOAuthenticator.client_secret = ...
# c.GenericOAuthenticator.oauth_callback_url = "https://.../hub/oauth_callback"
# c.GenericOAuthenticator.authorize_url = "https://.../authorize"
# c.GenericOAuthenticator.token_url = "https://.../token"
# c.GenericOAuthenticator.userdata_url = "https://.../userinfo"
# c.LocalAuthenticator.create_system_users = True

# Hub and proxy are restarted apart from each other and from the learners' servers.
c.JupyterHub.cleanup_servers = False
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:8001"
c.ConfigurableHTTPProxy.auth_token = os.environ.get("CONFIGPROXY_AUTH_TOKEN", "")
c.JupyterHub.last_activity_interval = 15  # seconds until a restarted proxy knows all learners

# Learners' servers: where systemd is the first process, it holds memory and cores of all that a
# learner runs (pip install jupyterhub-systemdspawner). Elsewhere each process has the limit of
# memory, and nothing limits the cores.
c.Spawner.mem_limit = MEMORY
if find_spec("systemdspawner") and Path("/run/systemd/system").is_dir():
    c.JupyterHub.spawner_class = "systemd"
    c.Spawner.cpu_limit = CORES
    c.SystemdSpawner.isolate_tmp = True
    c.SystemdSpawner.disable_user_sudo = True
    # Of a learner who takes too much the kernel is ended, and not the server with all kernels. And
    # who starts processes without end comes to a limit: a kernel has some 13 tasks (threads).
    c.SystemdSpawner.unit_extra_properties = {"OOMPolicy": "continue", "TasksMax": "512"}
else:
    from spawners import LimitedSpawner

    c.JupyterHub.spawner_class = LimitedSpawner

c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.default_url = "/lab"
c.Spawner.notebook_dir = "~"
c.Spawner.start_timeout = c.Spawner.http_timeout = 180  # a whole class starts at once
c.Spawner.environment = {
    "JUPYTER_CONFIG_PATH": str(HERE / "single_user"),
    "OMP_NUM_THREADS": "1",  # more threads than cores make everybody slower
}

# Learners' own files stay in their home folders: notebooks, and in ~/.local/share the solved
# exercises and scores. Explorers in saved notebooks come back with the course's settings:
jupyter_settings.write(sys.prefix)

# A server that nobody used for an hour is stopped: its files stay.
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]
