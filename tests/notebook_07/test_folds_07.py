"""The folded code of notebook 07, which Run All does not run: it runs, and its asserts hold."""

import json
import re

import pytest

from course_utils.notebook_07 import reptile_rests
from tests.course import notebooks_of

(NOTEBOOK,) = notebooks_of("notebook_07")
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
SOURCES = {
    kind: ["".join(c["source"]) for c in CELLS if c["cell_type"] == kind]
    for kind in ("code", "markdown")
}
FOLDED = re.findall(r"```python\n(.*?)```", "\n".join(SOURCES["markdown"]), flags=re.DOTALL)


@pytest.fixture(scope="module")
def names():
    """What the folded code may use: the notebook's imports, and the cell that makes phi_0."""
    found = {}
    imports, made = (
        next(s for s in SOURCES["code"] if word in s)
        for word in ("set_num_threads", "phi_0 = network.init")
    )
    exec(imports, found)
    exec(made, found)
    found["place"] = reptile_rests.reptile_rests()
    return found


def test_there_is_folded_code():
    assert len(FOLDED) == 5


@pytest.mark.parametrize("code", FOLDED)
def test_folded_code_runs(code, names):
    exec(code, dict(names))
