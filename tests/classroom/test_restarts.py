"""The hub or its proxy is away for a while: learners' kernels live on."""

import signal
import time

import pytest
import requests

pytestmark = pytest.mark.classroom


def test_kernels_answer_while_the_hub_is_away_and_are_found_again(hub, ann, kernel):
    mine = kernel(ann)
    mine.run("x = 41")
    hub.stop("hub", signal.SIGKILL)
    assert mine.run("x += 1; print(x)") == "42"
    hub.start("hub")
    assert mine.run("print(x)") == "42"
    from learner import Learner

    again = Learner(hub.url, ann.name, hub.password)
    assert mine.id in [found["id"] for found in again.ask("GET", "api/kernels").json()]


def test_a_restarted_proxy_finds_the_learners_and_their_kernels(hub, ann, kernel):
    mine = kernel(ann)
    mine.run("x = 42")
    hub.stop("proxy", signal.SIGKILL)
    with pytest.raises(requests.ConnectionError):
        ann.ask("GET", "api/status")
    hub.start("proxy")
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            if ann.ask("GET", "api/kernels").ok:
                break
        except requests.ConnectionError:
            pass
        time.sleep(0.5)
    mine.connect()
    assert mine.run("print(x)") == "42"
