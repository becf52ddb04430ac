"""The figures of a class as Markdown, and where they stand in docs/classroom.md."""

import json
from pathlib import Path

from benchmarks import marked

ROOT = Path(__file__).resolve().parents[2]
STORED = Path(__file__).with_name("measured.json")
PAGE = ROOT / "docs" / "classroom.md"
WANTED_MS = 100
BEGIN, END = "<!-- measured: python -m benchmarks.classroom --write -->", "<!-- /measured -->"


def rendered(measured: dict) -> str:
    """A table, one column a size of class, and under it how it was measured."""
    from benchmarks.classroom.lesson import FEWER

    lessons = measured["lessons"]
    full = max((lesson["notebooks"] for lesson in lessons), key=len)
    rows = {
        "learners": [lesson["learners"] for lesson in lessons],
        "of them ready": [lesson["arrived"] for lesson in lessons],
        "one learner begins every, s": [lesson["gap_s"] for lesson in lessons],
        "all ready after, s": [lesson["start_s"] for lesson in lessons],
        "one learner ready after, s: median (longest)": [
            f"{lesson['ready_s']} ({lesson['ready_most_s']})" for lesson in lessons
        ],
        "slider round trip, ms: median": [lesson["trip_ms"] for lesson in lessons],
        "slider round trip, ms: 95th percentile": [lesson["trip_p95_ms"] for lesson in lessons],
    }
    for notebook in full:
        rows[f"memory a learner after {notebook}, MiB: server + kernel"] = [
            _memory(lesson["memory_mib"].get(notebook)) for lesson in lessons
        ]
    for notebook in full:
        which = f"{notebook}, shortened" if notebook in FEWER else f"all of {notebook}"
        rows[f"a learner waits for {which}, s: median (longest)"] = [
            _wait(lesson["notebook_s"].get(notebook)) for lesson in lessons
        ]
    rows |= {
        "hub and proxy, MiB": [lesson["shared_mib"] for lesson in lessons],
        "memory in all at its highest, GiB": [lesson["memory_gib"] for lesson in lessons],
        "CPU s a learner until ready": [lesson["ready_cpu_s"] for lesson in lessons],
        "CPU s a learner with these notebooks": [lesson["lesson_cpu_s"] for lesson in lessons],
        "CPU ms a move of a slider": [lesson["move_cpu_ms"] for lesson in lessons],
        "CPU s of hub and proxy": [lesson["shared_cpu_s"] for lesson in lessons],
        "CPU s of the load itself, counted apart": [lesson["load_cpu_s"] for lesson in lessons],
        "CPU s of anything else on the machine meanwhile": [
            lesson["others_cpu_s"] for lesson in lessons
        ],
        "kernels lost": [lesson["kernels_lost"] for lesson in lessons],
        "cells failed": [lesson["cells_failed"] for lesson in lessons],
        "requests failed": [
            f"{lesson['requests_failed']} of {lesson['requests']:,}" for lesson in lessons
        ],
        "moves without a picture": [
            f"{lesson['unanswered']} of {lesson['moves'] + lesson['unanswered']:,}"
            for lesson in lessons
        ],
    }
    (head, sizes), *others = rows.items()
    lines = [_row(head, sizes), _row("---", ["--:"] * len(sizes))]
    lines += [_row(what, values) for what, values in others]
    facts = measured["machine"] | {"full": full}
    return "\n".join([*lines, "", verdict(lessons), "", how(facts, lessons)])


def verdict(lessons: list[dict]) -> str:
    """For which classes nothing was lost and sliders were quick enough."""
    bad = ("kernels_lost", "cells_failed", "requests_failed", "unanswered")
    held = [
        str(lesson["learners"])
        for lesson in lessons
        if not any(lesson[each] for each in bad) and (lesson["trip_p95_ms"] or 0) <= WANTED_MS
    ]
    which = f"for a class of {_listed(held)}" if held else "for none of these classes"
    return (
        "Wanted were no kernel lost, nothing failed, and 95 of 100 round trips within "
        f"{WANTED_MS} ms: that held {which}."
    )


def how(machine: dict, lessons: list[dict]) -> str:
    """What was done, in words."""
    from benchmarks.classroom.lesson import A_SECOND, FEWER, MOVERS

    steps = FEWER["03"][1].rpartition(" ")[2]
    seconds = lessons[-1]["slide_s"]
    short = [lesson for lesson in lessons if lesson["notebooks"] != machine["full"]]
    which = f"all run {_listed(machine['full'])}" + "".join(
        f" (the class of {lesson['learners']}: {_listed(lesson['notebooks'])})" for lesson in short
    )
    return (
        f"Measured on {machine['date']} with {machine['cores']} cores and "
        f"{machine['memory_gib']} GiB, Python {machine['python']}, JupyterHub "
        f"{machine['jupyterhub']}; load, hub, proxy, servers and kernels all on that machine. "
        "It is the trial hub: one system user, no HTTPS, no limit of cores, and the notebooks lie "
        "there already, so that what the link copies is not in it. "
        "Simulated learners log in with the form, wait for their server, load JupyterLab's page, "
        "and open a kernel over a WebSocket through the proxy: then they are *ready*. When all "
        f"are, {which}, one learner beginning as long after another as "
        "with the log-ins; when all have ended one, each kernel is shut down before the next is "
        f"opened. 03 trains for {steps} meta-steps instead of 15,000, and its cells "
        f"that only check results are left out. At the end up to {MOVERS} learners each move a "
        f"slider of 04 {A_SECOND} times a second for {seconds:.0f} s, while the other kernels "
        "stand by. A round trip is from the moment a move is due to the message with the changed "
        "picture; what a browser then takes to draw it is not in it. Memory is the median of PSS: "
        "pages that several processes share count a part for each, so it is lower in a large "
        "class. *Memory in all* is what the machine had less of."
    )


def written(page: str, measured: dict) -> str:
    """The page with the block between its two marks rendered anew."""
    return marked.between(page, BEGIN, END, rendered(measured))


def stored() -> dict:
    """What was measured and kept."""
    return json.loads(STORED.read_text(encoding="utf-8"))


def _memory(found: dict | None) -> str:
    return "not run" if found is None else f"{found['server']} + {found['kernel']}"


def _wait(found: dict | None) -> str:
    return "not run" if found is None else f"{found['median']} ({found['most']})"


def _listed(notebooks: list[str]) -> str:
    return ", ".join(notebooks[:-1]) + f" and {notebooks[-1]}" if notebooks[1:] else notebooks[0]


def _row(what: str, values: list) -> str:
    return "| " + " | ".join([what, *(str(value) for value in values)]) + " |"
