"""The proxy: pinned, got once, whole or not at all. No hub is started here."""

import json
import stat
import subprocess

import proxy
import pytest


def node_and_npm(monkeypatch, **found):
    monkeypatch.setattr(proxy.shutil, "which", lambda name: found.get(name))


def test_every_package_is_pinned_with_its_check_sum():
    wanted, lock = (json.loads((proxy.HERE / name).read_text()) for name in proxy.PINS)
    packages = {name: what for name, what in lock["packages"].items() if name}
    assert [name for name, what in packages.items() if not what.get("integrity")] == []
    (pinned,) = wanted["dependencies"].items()
    assert pinned == (proxy.NAME, packages[f"node_modules/{proxy.NAME}"]["version"])


def test_without_node_it_is_said(tmp_path, monkeypatch):
    node_and_npm(monkeypatch)
    with pytest.raises(proxy.NoProxy, match="Node 18 or newer, and there is no node on PATH"):
        proxy.proxy(tmp_path)


def test_one_that_is_kept_is_used_without_npm(tmp_path, monkeypatch):
    node_and_npm(monkeypatch, node="/a/node")
    with pytest.raises(proxy.NoProxy, match="there is no npm to get it"):
        proxy.proxy(tmp_path)
    kept = tmp_path / f"{proxy.NAME}-{proxy._fingerprint()}"
    program = kept / "node_modules" / proxy.NAME / "bin" / proxy.NAME
    program.parent.mkdir(parents=True)
    program.touch()
    assert proxy.proxy(tmp_path) == ["/a/node", str(program)]


@pytest.mark.parametrize("code", [0, 1])
def test_what_npm_brings_is_kept_whole_or_not_at_all(tmp_path, monkeypatch, code):
    npm = tmp_path / "npm"
    npm.write_text(f"#!/bin/sh\nmkdir -p node_modules/x; echo no network >&2; exit {code}\n")
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)
    node_and_npm(monkeypatch, node="/a/node", npm=str(npm))
    folder = tmp_path / "cache"
    if code:
        with pytest.raises(proxy.NoProxy, match=r"npm did not bring .*: no network"):
            proxy.proxy(folder)
        assert list(folder.iterdir()) == []
    else:
        proxy.proxy(folder)
        (kept,) = folder.iterdir()
        assert (kept / "node_modules" / "x").is_dir()


def test_an_npm_that_hangs_is_given_up(tmp_path, monkeypatch):
    def hangs(command, **how):
        raise subprocess.TimeoutExpired(command, how["timeout"])

    monkeypatch.setattr(proxy.subprocess, "run", hangs)
    node_and_npm(monkeypatch, node="/a/node", npm="/a/npm")
    with pytest.raises(proxy.NoProxy, match="within 300 s"):
        proxy.proxy(tmp_path)
    assert list(tmp_path.iterdir()) == []
