"""A learner's server gets a port that nobody else is given before it listens."""

import asyncio
import socket
from pathlib import Path

import pytest

pytest.importorskip("jupyterhub")
import spawners

RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_servers_have_ports_of_their_own_and_none_that_is_taken():
    first = spawners.next_port()
    with socket.socket() as one:
        one.bind(("127.0.0.1", first + 1))
        one.listen()
        others = [spawners.next_port() for _ in range(40)]
    assert len({first, *others}) == 41
    assert first + 1 not in others
    assert all(port in spawners.PORTS for port in others)


def test_a_server_is_started_on_such_a_port(monkeypatch):
    async def started(self):
        return "127.0.0.1", self.port

    monkeypatch.setattr(spawners.LocalProcessSpawner, "start", started)
    for before, its_own in ((0, False), (20_001, False), (8888, True)):
        spawner = spawners.LimitedSpawner()
        spawner.port = before
        _, port = asyncio.run(spawner.start())
        assert (port == before) == its_own
        assert its_own or port in spawners.PORTS


@pytest.mark.skipif(not RANGE.exists(), reason="only Linux says which ports it gives away")
def test_the_system_gives_none_of_these_ports_away():
    low, _ = map(int, RANGE.read_text(encoding="ascii").split())
    if low <= 1024:
        pytest.skip("this system gives away nearly every port")
    assert max(spawners.PORTS) < low
