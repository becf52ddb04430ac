"""Tasks and families of tasks: where a meta-learner's data comes from.

An example of ordinary learning is a pair (x, y). An example of meta-learning is a whole task: a
*support set* to learn from and a *query set* to be judged on. A family draws such tasks.
"""

from course_utils.tasks.all_classes import AllClasses
from course_utils.tasks.any_shots import AnyShots
from course_utils.tasks.augmented import Augmented
from course_utils.tasks.batch import TaskBatch
from course_utils.tasks.characters import Characters
from course_utils.tasks.digits import Digits
from course_utils.tasks.few_sinusoids import FewSinusoids
from course_utils.tasks.linear import LinearTasks
from course_utils.tasks.omniglot import Omniglot
from course_utils.tasks.own import Own, own_tasks
from course_utils.tasks.sinusoids import Sinusoids, sine_wave, uniform
from course_utils.tasks.waves import Waves, wave
from course_utils.tasks.words import Words

__all__ = [
    "AllClasses",
    "AnyShots",
    "Augmented",
    "Characters",
    "Digits",
    "FewSinusoids",
    "LinearTasks",
    "Omniglot",
    "Own",
    "Sinusoids",
    "TaskBatch",
    "Waves",
    "Words",
    "own_tasks",
    "sine_wave",
    "uniform",
    "wave",
]
