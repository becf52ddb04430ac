"""reveal.js is got once, checked, and kept; without a network that is one sentence."""

import base64
import hashlib
import io
import tarfile

import pytest

from course_utils.slides import reveal as module
from course_utils.slides.reveal import NotFetched, reveal


@pytest.fixture
def packed(monkeypatch):
    """A small file in the place of the published one, with its checksum."""
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode="w:gz") as file:
        for names in module.PARTS.values():
            for name in names:
                info = tarfile.TarInfo(f"package/{name}")
                info.size = len(name)
                file.addfile(info, io.BytesIO(name.encode()))
    content = memory.getvalue()
    digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
    monkeypatch.setattr(module, "INTEGRITY", digest)
    return content


def bringing(content, calls):
    def way(folder):
        calls.append(folder)
        (folder / "reveal.js-6.0.2.tgz").write_bytes(content)

    return way


def failing(folder):
    raise OSError("no network")


def test_it_is_got_once_and_then_kept(packed, tmp_path):
    calls = []
    for _ in range(2):
        found = reveal(tmp_path, ways=[failing, bringing(packed, calls)])
    assert found["licence"] == "LICENSE"
    assert found["script"] == "dist/reveal.js\ndist/plugin/notes.js"
    assert len(calls) == 1
    assert not calls[0].exists()


def test_a_kept_file_that_is_broken_is_got_anew(packed, tmp_path):
    (tmp_path / f"reveal.js-{module.VERSION}.tgz").write_bytes(packed[:-9])
    calls = []
    assert reveal(tmp_path, ways=[bringing(packed, calls)])["licence"] == "LICENSE"
    assert len(calls) == 1


def test_another_file_than_the_published_one_is_refused(packed, tmp_path):
    with pytest.raises(NotFetched, match="what came is not what was published"):
        reveal(tmp_path, ways=[bringing(b"something else", [])])
    assert list(tmp_path.iterdir()) == []


def test_without_a_network_it_is_a_sentence(tmp_path):
    said = r"decks need reveal.js 6.0.2, which is not kept in .*: run make slides once where"
    with pytest.raises(NotFetched, match=said):
        reveal(tmp_path, ways=[failing])
