"""A whole class at once on a JupyterHub: `python -m benchmarks.classroom`."""
