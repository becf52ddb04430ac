"""What notebook 05's films show."""

from collections.abc import Mapping
from typing import Any

from course_utils.explorers.explorer import Explorer
from course_utils.films.plan import Own, Plan, grid

SHARES = (0.2, 0.5, 0.8)  # of a plane's width and height: where φ can be


def _network_plane(explorer: Explorer) -> Plan:
    planes = [key for _, key in explorer.controls["plane"].options][:4]
    views = {key: explorer.pose(plane=key).frame.data.view for key in planes}

    def at(values: Mapping[str, Any]) -> tuple[str, float, float] | None:
        if values["at"] is None:
            return None
        view = views[values["plane"]]
        across, up = values["at"]
        x, y = (
            axis[0] + share * (axis[-1] - axis[0])
            for axis, share in ((view.x, across), (view.y, up))
        )
        return values["plane"], float(x), float(y)

    return Plan(
        {"plane": planes, "task": [0, 1], "inner_lr": [0.01, 0.02], "steps": [0, 1, 3, 5]},
        own={"at": Own([("at", [None, *grid(SHARES, SHARES)])], at)},
        resets={"plane": ("at",)},
        more="In Jupyter φ can be put anywhere, and there are more tasks and planes.",
    )


PLANS = {
    "halfway": Plan(),
    "network_plane": _network_plane,
    "curvature_guess": Plan(),
    "fed_noise": Plan(),
}
