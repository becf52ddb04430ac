"""Numbers, table and picture of the peers in docs/: the page is generated between two markers."""

from __future__ import annotations

import json
import re
from pathlib import Path

from benchmarks import marked
from benchmarks.peers.race import GROWING, LONG, PEERS, TOLERANCE
from benchmarks.peers.setting import Setting
from course_utils.figures import style

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGE, NUMBERS, PICTURE = (DOCS / f"performance.{kind}" for kind in ("md", "json", "svg"))
QUOTED = re.compile(r"A meta-step of 25 tasks costs [^\n]*?(?= \[docs/)")
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
    """Write page and picture of the stored numbers, and the README's sentence.

    Returns what stands between the markers.
    """
    found = json.loads(NUMBERS.read_text(encoding="utf-8"))
    text = measured(found)
    page = marked.between(PAGE.read_text(encoding="utf-8"), BEGIN, END, text)
    PAGE.write_text(page, encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    quoting, places = QUOTED.subn(_quotes(found), readme)
    if places != 1:
        raise ValueError(f"README.md must quote the page in one place, got {places}")
    (ROOT / "README.md").write_text(quoting, encoding="utf-8")
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
    """What the README quotes."""
    ms = {name: each["cpu"] for name, each in found["settings"][0][2].items()}
    ours = ms["ours"]
    eager, fast = (_all(found["long"][name]) for name in ("ours", "ours_compiled"))
    again, jax = (_all(found["long"][name], "again") for name in ("ours_compiled", "with_jax"))
    many, each = next((s["tasks"], race) for s, _, race in found["settings"] if s["tasks"] > 25)
    vmap = each["with_vmap"]["cpu"] / each["ours"]["cpu"]
    return (
        f"A meta-step of 25 tasks costs the plain loop {ms['plain'] / ours:.1f} times the "
        f"processor time that it costs the core, TorchOpt {ms['with_torchopt'] / ours:.0f} times "
        f"and higher {ms['with_higher'] / ours:.0f} times; with the objective compiled for a long "
        f"training it costs {ms['ours_compiled'] / ours:.2f} of it, JAX's `jit` "
        f"{ms['with_jax'] / ours:.2f}. Compiling itself takes time: all of a training of {LONG:,} "
        f"meta-steps takes {eager:.1f} s as it is, {fast:.1f} s compiled, and {again:.1f} s "
        f"compiled for the second time (JAX {jax:.1f} s). With {many} tasks `vmap` of torch.func "
        f"takes {vmap:.2f} of the core's time for a meta-step."
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
        f"compared with the plain loop's before: at most {TOLERANCE:g} apart for each inner step, "
        "as a share of the largest number in that leaf (the largest difference was "
        f"{_off(found):.0e}). *Busy* is "
        "with a loop that does nothing else on every core.",
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
                cells += [f"{runs[which]['ready']:.1f}", f"{_all(runs, which):.1f}"]
            else:
                cells += ["–", "–"]
        lines.append(f"| {PEERS[name]} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", _pays(found["long"])])


def _all(runs: dict, which: str = "first") -> float:
    """The seconds of a whole long training."""
    each = min(run["each"] for run in runs.values())
    return runs[which]["ready"] + each * (LONG - 100)


def _level(long: dict) -> tuple[float, float]:
    """From how many meta-steps on compiling costs less than it saves: first, and again."""
    eager, fast = long["ours"], long["ours_compiled"]
    gain = eager["first"]["each"] - min(run["each"] for run in fast.values())
    first, again = (
        round((fast[which]["ready"] - eager["first"]["ready"]) / gain, -2)
        for which in ("first", "again")
    )
    return first, again


def _pays(long: dict) -> str:
    first, again = _level(long)
    return (
        f"Compiling the core's objective pays from {first:,.0f} meta-steps on, and from "
        f"{again:,.0f} where the same was compiled before."
    )


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
