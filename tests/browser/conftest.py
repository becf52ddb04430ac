"""A real JupyterLab in a real Chromium, for tests that see and move what a learner does.

``lab`` is a server of its own on a copy of what `make lab` serves, ``page`` an empty browser page;
``lab.open(page, "notebooks/04-....ipynb")`` gives a `Notebook` to run, save and look into.
"""

import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course_utils.slides.reveal import reveal
from course_utils.support.npm import NotFetched
from tests.browser.axe import Axe

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_FLAGS = [
    # Chromium's sandbox refuses to run as root, which a container's CI is.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TEST_SETTINGS = {
    # Every cell is in the page, not only those in view.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    # A save must come from the test alone.
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}
ALL_FRAGMENTS = "() => { while (Reveal.availableFragments().next) Reveal.nextFragment(); }"
SHOWN = """(pictures) => pictures.filter(p => p.tagName === 'svg'
  ? p.querySelectorAll('path').length > 5 : p.complete && p.naturalWidth > 300).length"""
BAD_OUTPUTS = """() => [...document.querySelectorAll('.jp-Notebook .jp-Cell')].flatMap((cell, i) =>
  [...cell.querySelectorAll('[data-mime-type="application/vnd.jupyter.error"], ' +
                            '[data-mime-type="application/vnd.jupyter.stderr"]')]
    .map(output => `cell ${i}: ${output.innerText.trim().split('\\n').pop()}`))"""


def course_settings():
    """The JupyterLab settings that ``make lab`` and Binder ship, from the script that does it."""
    spec = importlib.util.spec_from_file_location("s", ROOT / ".ci" / "jupyter_settings.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.SETTINGS


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Explorer:
    """The explorer in the output of the cell that holds `source`."""

    def __init__(self, page, source):
        cell = page.locator(".jp-CodeCell", has_text=source)
        self.page, self.root = page, cell.locator(".course-explorer")
        self.root.scroll_into_view_if_needed()

    @property
    def picture(self):
        return self.root.locator(".course-frame > svg")

    def slider(self, word):
        return self.root.locator(".widget-slider, .widget-hslider", has_text=word)

    def value(self, word):
        return self.slider(word).locator(".widget-readout").inner_text().replace("−", "-")

    def pixels(self):
        return self.picture.evaluate("(picture) => picture.innerHTML")

    def drag(self, handle, across, down):
        """Drag a handle with the mouse, by shares of the picture's width and height."""
        box, frame = handle.bounding_box(), self.picture.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + across * frame["width"], y + down * frame["height"], steps=10)
        self.page.mouse.up()

    def wait_for_alt(self, text):
        self.page.wait_for_function(
            "([picture, text]) => picture.getAttribute('aria-label').includes(text)",
            arg=[self.picture.element_handle(), text],
            timeout=10_000,
        )

    def wait_for_change(self, before):
        for _ in range(100):
            if self.pixels() not in ("", before):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("the picture did not change within 5 s")


class Notebook:
    """One notebook open in JupyterLab, in a Playwright page."""

    def __init__(self, page, path):
        self.page = page
        self.path = path

    def explorer(self, source):
        """The explorer in the output of the cell that holds `source`."""
        return Explorer(self.page, source)

    def stored_pictures(self):
        """How many outputs in the file hold a picture."""
        cells = json.loads(self.path.read_text(encoding="utf-8"))["cells"]
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        return sum("image/png" in output.get("data", {}) for output in outputs)

    def theme(self, name):
        """Show JupyterLab in another theme: "Light", "Dark"."""
        self.menu("Settings", "Theme")
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^JupyterLab {name}$")).click()
        light = str(name == "Light").lower()
        self.page.locator(f"body[data-jp-theme-light={light}]").wait_for(state="attached")

    def menu(self, menu, item):
        self.page.locator(".lm-MenuBar-itemLabel", has_text=menu).first.click()
        self.page.locator(".lm-Menu-itemLabel", has_text=item).first.click()

    def run_all(self, timeout=180):
        """Run every cell in the new kernel, wait until it is idle; the seconds that it took."""
        start = time.monotonic()
        self.menu("Run", "Run All Cells")
        prompts = self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt")
        # Prompts of the stored run stay until the cells are sent to the kernel.
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')]"
            ".some(prompt => prompt.innerText.trim() === '[*]:')",
            timeout=30_000,
        )
        while time.monotonic() - start < timeout:
            idle = self.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").count()
            waiting = [text for text in prompts.all_inner_texts() if "*" in text]
            if idle and not waiting:
                return time.monotonic() - start
            time.sleep(0.25)
        raise AssertionError(f"{self.path.name} was not finished after {timeout} s")

    def bad_outputs(self):
        """Error outputs and what went to stderr, one sentence each."""
        return self.page.evaluate(BAD_OUTPUTS)

    def save(self):
        """Save as a learner does, and wait until it is on the disk."""
        before = self.path.stat().st_mtime_ns
        self.page.keyboard.press("Escape")
        self.menu("File", "Save Notebook")
        for _ in range(100):
            if self.path.stat().st_mtime_ns != before:
                # The file is written in place: wait until it is whole.
                try:
                    return json.loads(self.path.read_text(encoding="utf-8"))
                except ValueError:
                    pass
            time.sleep(0.1)
        raise AssertionError(f"{self.path.name} was not saved")


class Lab:
    """JupyterLab on the folder `root`, with settings of its own under `own`."""

    def __init__(self, root, own):
        self.root = root
        self.own = own
        self.server = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        """Start a new server, on a new port, after stopping the one before."""
        self.stop()
        self.port = free_port()
        overrides = self.own / "config" / "labconfig" / "default_setting_overrides.json"
        overrides.parent.mkdir(parents=True, exist_ok=True)
        overrides.write_text(json.dumps(course_settings() | TEST_SETTINGS))
        env = dict(
            os.environ,
            JUPYTER_CONFIG_DIR=str(self.own / "config"),
            JUPYTER_DATA_DIR=str(self.own / "data"),
            JUPYTER_RUNTIME_DIR=str(self.own / "runtime"),
            JUPYTERLAB_SETTINGS_DIR=str(self.own / "settings"),
            JUPYTERLAB_WORKSPACES_DIR=str(self.own / "workspaces"),
        )
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1"]
        command += ["--allow-root", f"--port={self.port}", "--ServerApp.port_retries=0"]
        command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={self.root}"]
        log = self.own / "server.log"
        with log.open("ab") as file:
            self.server = subprocess.Popen(
                command, env=env, stdin=subprocess.DEVNULL, stdout=file, stderr=file
            )
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                assert self.server.poll() is None, log.read_text()[-2000:]
                time.sleep(0.1)
        self.stop()
        raise AssertionError("JupyterLab did not answer: " + log.read_text()[-2000:])

    def stop(self):
        """Stop the server and the kernels that it started."""
        if self.server is None:
            return
        self.server.terminate()
        try:
            self.server.wait(20)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
        self.server = None

    def write(self, name, *sources):
        """Write a notebook of code cells to the path `name` under `root`."""
        cells = [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"cell-{n}",
                "metadata": {},
                "outputs": [],
                "source": source.splitlines(keepends=True),
            }
            for n, source in enumerate(sources)
        ]
        kernelspec = {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        }
        content = {"cells": cells, "nbformat": 4, "nbformat_minor": 5}
        content["metadata"] = {"kernelspec": kernelspec}
        (self.root / name).write_text(json.dumps(content))

    def open(self, page, name):
        """Open the notebook `name`, a path under `root`, as `Notebook`."""
        page.goto(f"{self.url}/lab/tree/{name}?reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        # A kernel answers, so that menus act on it.
        page.locator(".jp-StatusBar-TextItem", has_text="| Idle").wait_for(timeout=60_000)
        return Notebook(page, self.root / name)


@pytest.fixture(scope="package")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
    if found is None:
        sentence = "no chromium or google-chrome on PATH, so nothing was seen in a browser"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def axe():
    """axe-core, for `axe.found(page)`."""
    return _fetched(Axe)


@pytest.fixture(scope="package")
def library():
    """reveal.js, for decks."""
    return _fetched(reveal)


def _fetched(get):
    """What comes from npm; without a network the test is skipped, but not in CI."""
    try:
        return get()
    except NotFetched as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 1100})
    context.set_default_navigation_timeout(120_000)  # JupyterLab opens late on a busy machine
    yield context.new_page()
    context.close()


@pytest.fixture
def count_shown(page):
    """A function (selector, wanted) that waits until so many pictures are loaded and decoded."""

    def count(selector, wanted):
        page.locator(selector).first.wait_for(timeout=30_000)
        for _ in range(100):
            if page.locator(selector).evaluate_all(SHOWN) >= wanted:
                return
            page.wait_for_timeout(100)
        raise AssertionError(f"fewer than {wanted} pictures are shown at {selector}")

    return count


@pytest.fixture
def lab(tmp_path, browser):
    """A running `Lab` on a copy of notebooks/."""
    root = tmp_path / "course"
    ignored = shutil.ignore_patterns(".ipynb_checkpoints")
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=ignored)
    lab = Lab(root, tmp_path / "own")
    lab.start()
    yield lab
    lab.stop()
