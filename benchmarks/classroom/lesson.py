"""One lesson: so many simulated learners on a trial hub, and what it took."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median, quantiles

from benchmarks.classroom import taken
from benchmarks.classroom.browser import Browser, Failed
from benchmarks.classroom.kernel import CellFailed, Kernel, KernelLost

# What the learners run, in the course's order: the last one has the sliders.
NOTEBOOKS = {
    "01": "01-learning-from-tasks",
    "03": "03-maml-on-sinusoids",
    "04": "04-maml-against-transfer",
}
# 03 is shortened: so many meta-steps of its 15,000, without the cells that only check its results.
FEWER = {"03": ('"iterations": 15_000', '"iterations": 600')}
LEFT_OUT = "margins"
SHOWS_SLIDER, SLIDER = "one_axis.one_axis()", "FloatSliderModel"  # φ over one axis

MOVERS, A_SECOND, SWEEP = 10, 5, 97  # SWEEP: moves from one end of the slider to the other
LEAST_FREE = 1.5  # GiB


class TooLittleMemory(RuntimeError):
    """The machine has hardly any memory left."""


class Learner:
    """A simulated learner: a browser, the page of one notebook, and what went wrong."""

    def __init__(self, url: str, name: str):
        self.browser, self.kernel, self.session = Browser(url, name), None, {}
        self.opened, self.slider, self.ready, self.took = "", "", 0.0, {}
        self.lost = self.failed = False
        self.problem, self.trips, self.unanswered = "", [], 0

    async def arrive(self, password: str, notebook: str, wait: float) -> None:
        """After a wait, from the log-in form to the first notebook's idle kernel."""
        await asyncio.sleep(wait)
        began = time.perf_counter()
        await self.browser.log_in(password)
        await self.browser.open_lab()
        await self.open(notebook)
        self.ready = time.perf_counter() - began

    async def open(self, notebook: str) -> None:
        """Open a notebook's page: its content, a session, a kernel that is idle."""
        path = f"notebooks/{NOTEBOOKS[notebook]}.ipynb"
        self.cells = (await self.browser.api("GET", f"contents/{path}"))["content"]["cells"]
        await self.start_kernel(path)
        self.opened = notebook

    async def start_kernel(self, path: str) -> None:
        """A session and its kernel, over a WebSocket, until it is idle."""
        wanted = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        self.session = await self.browser.api("POST", "sessions", wanted)
        socket = await self.browser.socket(self.session["kernel"]["id"], self.browser.name)
        self.kernel = Kernel(socket, self.browser.name)
        await self.kernel.info()

    async def work(self, notebook: str, wait: float) -> None:
        """After a wait, open a notebook if it is not open, and run its cells one after another."""
        await asyncio.sleep(wait)
        began = time.perf_counter()
        if self.opened != notebook:
            await self.open(notebook)
        for cell in self.cells:
            if cell["cell_type"] == "code" and LEFT_OUT not in cell["metadata"].get("tags", []):
                before = set(self.kernel.models)
                await self.kernel.run(cell["source"].replace(*FEWER.get(notebook, ("", ""))))
                if SHOWS_SLIDER in cell["source"]:
                    self.slider = self._first_slider(before)
        self.took[notebook] = time.perf_counter() - began

    async def shut_down(self) -> None:
        """End the kernel and close its page."""
        await self.kernel.close()
        await self.browser.api("DELETE", f"sessions/{self.session['id']}")

    async def slide(self, seconds: float, wait: float) -> None:
        """Move the slider at a steady pace, beginning after a wait.

        A round trip begins when a move is due. While a picture is awaited only the newest move is
        kept, as in a browser: that picture answers all that were due before it.
        """
        state = self.kernel.models[self.slider]
        due = [time.perf_counter() + wait + n / A_SECOND for n in range(int(seconds * A_SECOND))]
        done = 0
        while done < len(due):
            await asyncio.sleep(max(0.0, due[done] - time.perf_counter()))
            began = done
            while done < len(due) and due[done] <= time.perf_counter():
                done += 1
            place = abs((done - 1) % (2 * SWEEP) - SWEEP) / SWEEP
            value = state["min"] + (state["max"] - state["min"]) * place
            seen = await self.kernel.move(self.slider, value)
            if seen is None:
                self.unanswered += done - began
            else:
                self.trips += [seen - moved for moved in due[began:done]]

    def _first_slider(self, before: set[str]) -> str:
        made = self.kernel.models.items()
        return next(
            model
            for model, state in made
            if model not in before and state.get("_model_name") == SLIDER
        )


async def lesson(trial, notebooks: list[str], gap: float, seconds: float, say: Callable) -> dict:
    """All of a trial's learners through a lesson; its figures.

    trial: a hub that runs. notebooks: keys of NOTEBOOKS. gap: seconds from one log-in to the next.
    seconds: how long sliders are moved. Raises TooLittleMemory.
    """
    everybody = [Learner(trial.url, name) for name in trial.names]
    before = {"free": taken.free(), "own": time.process_time()}
    before["trial"], before["busy"] = taken.seconds(trial.processes()), taken.busy()
    least = [before["free"]]
    work = asyncio.create_task(_phases(trial, everybody, notebooks, gap, seconds, say))
    watch = asyncio.create_task(_watch(least))
    try:
        await asyncio.wait({work, watch}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            watch.result()
        found = work.result()
    finally:
        work.cancel()
        watch.cancel()
        for learner in everybody:
            learner.browser.close()
    now, own = taken.seconds(trial.processes()), time.process_time() - before["own"]
    ours = sum(now.values()) - sum(before["trial"].values()) + own
    trips = [1000 * trip for learner in everybody for trip in learner.trips]
    return {
        "learners": len(everybody),
        "notebooks": notebooks,
        **found,
        "moves": len(trips),
        "trip_ms": round(median(trips), 1) if trips else None,
        "trip_p95_ms": round(quantiles(trips, n=20)[-1], 1) if len(trips) > 1 else None,
        "unanswered": sum(learner.unanswered for learner in everybody),
        "kernels_lost": sum(learner.lost for learner in everybody),
        "cells_failed": sum(learner.failed for learner in everybody),
        "requests": sum(learner.browser.requests for learner in everybody),
        "requests_failed": sum(len(learner.browser.failed) for learner in everybody),
        "problems": sorted({learner.problem for learner in everybody if learner.problem})[:5],
        "memory_gib": round(before["free"] - least[0], 1),
        "shared_cpu_s": round(now[taken.SHARED] - before["trial"][taken.SHARED], 1),
        "load_cpu_s": round(own, 1),
        "others_cpu_s": round(taken.busy() - before["busy"] - ours),
    }


async def _phases(trial, everybody, notebooks, gap, seconds, say) -> dict:
    """The parts of a lesson; everybody has ended one before the next begins."""

    def cpu() -> float:
        by = taken.seconds(trial.processes())
        return sum(used for who, used in by.items() if who != taken.SHARED) / len(everybody)

    began = time.perf_counter()
    first = notebooks[0]
    here = await _all(everybody, lambda n, each: each.arrive(trial.password, first, n * gap))
    ready = [learner.ready for learner in here] or [0.0]
    found = {
        "arrived": len(here),
        "gap_s": gap,
        "start_s": round(time.perf_counter() - began, 1),
        "ready_s": round(median(ready), 1),
        "ready_most_s": round(max(ready), 1),
        "ready_cpu_s": round(cpu(), 1),
        "memory_mib": {},
        "notebook_s": {},
    }
    say(f"{len(here)} of {len(everybody)} ready after {found['start_s']} s")
    for notebook in notebooks:
        if notebook != first:
            here = await _all(here, lambda _, each: each.shut_down())
        here = await _all(here, lambda n, each, name=notebook: each.work(name, n * gap))
        took = [each.took[notebook] for each in here] or [0.0]
        found["notebook_s"][notebook] = {"median": round(median(took)), "most": round(max(took))}
        by = taken.memory(trial.processes())
        kept = [each for who, each in by.items() if who != taken.SHARED]
        found["memory_mib"][notebook] = {
            kind: round(median([each[kind] for each in kept] or [0]))
            for kind in ("server", "kernel")
        }
        found["shared_mib"] = round(sum(by[taken.SHARED].values()))
        say(f"{notebook}: {len(here)} ran it, the slowest in {max(took):.0f} s")
    found["lesson_cpu_s"] = round(cpu(), 1)
    movers = [learner for learner in here if learner.slider][:MOVERS]
    still = cpu()
    await _all(movers, lambda n, each: each.slide(seconds, 1 + n / A_SECOND / len(movers)))
    moved = sum(len(each.trips) for each in movers)
    found["movers"] = len(movers)
    found["move_cpu_ms"] = round(1000 * (cpu() - still) * len(everybody) / max(1, moved), 1)
    for learner in here:
        learner.lost = learner.kernel.lost  # also of those who only stood by
        await learner.kernel.close()
    return found


async def _all(learners: list[Learner], act: Callable[[int, Learner], Awaitable]) -> list[Learner]:
    """Let all do something at the same time; those for whom it went well."""

    async def one(n: int, learner: Learner) -> Learner | None:
        try:
            await act(n, learner)
        except (Failed, KernelLost, CellFailed) as problem:
            learner.lost = isinstance(problem, KernelLost)
            learner.failed = isinstance(problem, CellFailed)
            learner.problem = str(problem)
            return None
        return learner

    done = await asyncio.gather(*(one(n, learner) for n, learner in enumerate(learners)))
    return [learner for learner in done if learner is not None]


async def _watch(least: list[float]) -> None:
    """Keep the least free memory; raise before the machine is full."""
    while True:
        least[0] = min(least[0], taken.free())
        if least[0] < LEAST_FREE:
            raise TooLittleMemory(f"stopped: {least[0]:.1f} GiB of memory were left")
        await asyncio.sleep(1)
