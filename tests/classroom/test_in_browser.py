"""What a learner sees: the link, the log-in, the notebook; and the page when a kernel is gone."""

import os
import shutil

import pytest

pytestmark = pytest.mark.classroom
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
KILLED = "import os; os.kill(os.getpid(), 9)"


@pytest.fixture
def page():
    sync_api = pytest.importorskip("playwright.sync_api")
    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
    if found is None:
        sentence = "no chromium or google-chrome on PATH, so nothing was seen in a browser"
        pytest.fail(sentence) if os.environ.get("CI") == "true" else pytest.skip(sentence)
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        page = chromium.new_page()
        page.set_default_timeout(120_000)
        yield page
        chromium.close()


def test_the_link_leads_to_the_notebook_and_a_killed_kernel_is_told(hub, ben, page):
    if not hub.link():
        pytest.skip("the course is on no branch here, so there is no link")
    page.goto(hub.link())
    page.locator("#username_input").fill(ben.name)
    page.locator("#password_input").fill(hub.password)
    page.locator("#login_submit").click()
    page.wait_for_url("**/lab/tree/course/notebooks/00-start-here.ipynb**")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.locator(".jp-StatusBar-TextItem", has_text="| Idle").wait_for()
    assert "Would you like to get notified" not in page.locator("body").inner_text()

    cell = page.locator(".jp-CodeCell .cm-content").first
    cell.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(KILLED)
    page.keyboard.press("Control+Enter")
    page.locator(".jp-Dialog", has_text="appears to have died").wait_for()
    assert "restart automatically" in page.locator(".jp-Dialog").inner_text()
    page.locator(".jp-Dialog button.jp-mod-accept").click()

    page.keyboard.press("Control+s")
    stored = hub.folder / "home" / ben.name / "course" / "notebooks" / "00-start-here.ipynb"
    for _ in range(100):
        if KILLED in stored.read_text(encoding="utf-8"):
            break
        page.wait_for_timeout(100)
    assert KILLED in stored.read_text(encoding="utf-8")
    shutil.rmtree(hub.folder / "home" / ben.name / "course")
