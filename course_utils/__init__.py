"""The package behind the course: tasks, networks, maml, landscape, and a room for each notebook.

Import the module you need (`from course_utils import maml`): this file imports nothing, so that a
notebook pays for torch or matplotlib only where it uses them.
"""

__version__ = "0.1.0"
