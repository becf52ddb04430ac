"""Numbers, table and picture of the peers in docs/: the page is generated between two markers."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.peers.race import GROWING, LONG, PEERS, TOLERANCE
from benchmarks.peers.setting import Setting
from course_utils.figures import style

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, NUMBERS, PICTURE = (DOCS / f"performance.{kind}" for kind in ("md", "json", "svg"))
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
LOOKS = {
    "plain": {"color": style.RANDOM, "marker": "s", "ls": ":"},
    "with_vmap": {"color": style.TASKS[1], "marker": "^", "ls": "--"},
    "ours": {"color": style.MAML, "marker": "o"},
    "with_jax": {"color": style.TRANSFER, "marker": "D", "ls": "-."},
}
AXES = {"tasks": "tasks", "steps": "inner steps", "width": "width of the network"}


def keep(found: dict) -> None:
    """Store what was measured."""
    NUMBERS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def write() -> str:
    """Write page and picture of the stored numbers; returns what stands between the markers."""
    found = json.loads(NUMBERS.read_text(encoding="utf-8"))
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    text = measured(found)
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
    draw(found)
    return text


def measured(found: dict) -> str:
    """The tables, in words and Markdown."""
    return "\n\n".join(
        [
            _machine(found),
            _quotes(found),
            _races(found),
            _costs(found),
            _long(found),
            _growth(found),
        ]
    )


def _machine(found: dict) -> str:
    facts = found["machine"]
    loads = [load for _, load, _ in found["settings"]]
    packages = ", ".join(f"{name} {version}" for name, version in facts["packages"].items())
    return (
        f"{facts['processor']}, {facts['cores']} cores, {facts['gibibytes']} GiB, "
        f"{facts['system']}, Python {facts['python']}; {packages}; {facts['day']}. "
        f"One thread. Load of the machine meanwhile: {min(loads):.0f} to {max(loads):.0f}."
    )


def _quotes(found: dict) -> str:
    """The sentences that the README quotes."""
    first = found["settings"][0][2]
    ours, fast = first["ours"]["cpu"], first["ours_compiled"]["cpu"]
    return (
        f"A meta-step of the core takes 1/{first['plain']['cpu'] / ours:.1f} of the processor's "
        f"time of the plain loop, 1/{first['with_higher']['cpu'] / ours:.0f} of higher's and "
        f"1/{first['with_torchopt']['cpu'] / ours:.0f} of TorchOpt's; compiled for a long "
        f"training, 1/{ours / fast:.1f} of what it takes uncompiled."
    )


def _head(setting: dict) -> str:
    s = Setting(**setting)
    order = ", first order" if s.first_order else ""
    return f"{s.tasks} tasks, {s.steps} step{'s' if s.steps > 1 else ''}{order}"


def _races(found: dict) -> str:
    races = [(_head(setting), each) for setting, _, each in found["settings"]]
    races.append(("25 tasks, 1 step, busy", found["busy"]))
    lines = [
        f"Processor milliseconds of a meta-step, and times the core's. Each meta-gradient was "
        f"compared with the plain loop's before: equal to {TOLERANCE:g} of the largest number of "
        f"its leaf (the largest difference was {_off(found):.0e}). *Busy* is with a loop that does "
        "nothing else on every core.",
        "",
        "| | " + " | ".join(head for head, _ in races) + " |",
        "| --- |" + " ---: |" * len(races),
    ]
    for name, title in PEERS.items():
        cells = []
        for _, each in races:
            if name not in each:
                cells.append("–")
                continue
            ms, ratio = 1000 * each[name]["cpu"], each[name]["cpu"] / each["ours"]["cpu"]
            cells.append(f"{_short(ms)} ({_short(ratio)})")
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _off(found: dict) -> float:
    return max(each["off"] for _, _, race in found["settings"] for each in race.values())


def _costs(found: dict) -> str:
    first = found["settings"][0][2]
    lines = [
        "What there is to pay beside: the processor's seconds of the import and of the first "
        "meta-step (25 tasks, 1 step; compilers' own processes included, nothing kept from "
        "before), and the most memory that the process had.",
        "",
        "| | import, s | first meta-step, s | memory, MiB |",
        "| --- | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {title} | {first[name]['importing']:.1f} | {first[name]['first']:.1f} "
        f"| {found['memory'][name]:.0f} |"
        for name, title in PEERS.items()
    ]
    return "\n".join(lines)


def _long(found: dict) -> str:
    lines = [
        f"A training of {LONG:,} meta-steps on fresh tasks (25 tasks, 1 step), processor seconds "
        "from the start of Python: until 100 meta-steps were taken, compiling included, and for "
        "all, reckoned from 1,000 more. *Again* is a second run, for which the compiler has kept "
        "what it made.",
        "",
        "| | ms a meta-step | ready, s | all, s | ready again, s | all again, s |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, runs in found["long"].items():
        each = min(run["each"] for run in runs.values())
        cells = [f"{1000 * each:.2f}"]
        for which in ("first", "again"):
            if which in runs:
                ready = runs[which]["ready"]
                cells += [f"{ready:.1f}", f"{ready + each * (LONG - 100):.1f}"]
            else:
                cells += ["–", "–"]
        lines.append(f"| {PEERS[name]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _growth(found: dict) -> str:
    return f"![{alt(found)}](performance.svg)"


def alt(found: dict) -> str:
    """What the picture shows, in words."""
    parts = []
    for axis, lines in found["growth"].items():
        (low, first), *_, (high, last) = lines["ours"]
        parts.append(
            f"from {low} to {high} {AXES[axis].partition(' of ')[0]} "
            f"{_short(first)} to {_short(last)} ms"
        )
    return (
        "Milliseconds of a meta-step as tasks, inner steps and width grow, on logarithmic axes, "
        f"for {', '.join(PEERS[name] for name in GROWING)}. The core: {'; '.join(parts)}."
    )


def draw(found: dict) -> None:
    """Draw how the time of a meta-step grows."""
    figure, axes = style.new_figure(1, 3, size=(9.6, 3.6), sharey=True)
    with style.course_style():
        for ax, (axis, lines) in zip(axes, found["growth"].items(), strict=True):
            for name, points in lines.items():
                x, y = zip(*points, strict=True)
                ax.plot(x, y, label=PEERS[name], markersize=5, lw=1.6, **LOOKS[name])
            ax.set(xscale="log", yscale="log", xlabel=AXES[axis])
            marks = [point[0] for point in lines["ours"]]
            ax.set_xticks(marks, [f"{mark:,}" for mark in marks])
            ax.minorticks_off()
        axes[0].set(ylabel="processor ms of a meta-step")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
        figure.savefig(PICTURE, metadata={"Date": None})


def _short(value: float) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}"
