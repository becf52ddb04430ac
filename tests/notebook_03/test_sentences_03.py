"""What notebook 03's folds say of its stored numbers."""

import json
import re
from pathlib import Path

PATH = next((Path(__file__).resolve().parents[2] / "notebooks").glob("03-*.ipynb"))
CELLS = {c["id"]: c for c in json.loads(PATH.read_text(encoding="utf-8"))["cells"]}


def test_on_how_many_of_a_hundred_waves_five_steps_overshoot():
    (output,) = CELLS["code-41m"]["outputs"]
    shorter, longer = (
        [int(mean) for mean in re.findall(r"(\d+)\.00 ±", line)] for line in output["text"]
    )
    said = "".join(CELLS["mark-42"]["source"])
    assert f"for MAML on {shorter[0]} of them, for transfer and random on one each" in said
    assert shorter[1:] == [1, 1]
    assert f"$\\alpha = .03$ on {longer[0]}, {longer[1]} and {longer[2]}." in said
