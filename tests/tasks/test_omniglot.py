"""Omniglot's drawings are read from what is there, or fetched whole, and checked."""

import hashlib
import io
import os
import shutil
import stat
import threading
import zipfile
import zlib
from http.client import HTTPResponse, IncompleteRead
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils.tasks import AllClasses, Omniglot
from course_utils.tasks import omniglot_drawings as drawings
from course_utils.tasks import omniglot_files as files

ALPHABETS = {"Futurama": 3, "Tengwar": 2}


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def drawing(top=5, left=5, side=105):
    """A PNG file as Omniglot's: 1 bit a pixel, a black bar of 50 x 8 on white."""
    pixels = np.ones((side, side), bool)
    pixels[top : top + 50, left : left + 8] = False
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def members(top="images_background", alphabets=ALPHABETS):
    """The files of a small set: name -> content."""
    files = {}
    for a, (alphabet, characters) in enumerate(alphabets.items()):
        for c in range(characters):
            for d in range(20):
                name = f"{top}/{alphabet}/character{c + 1:02}/{a}{c}_{d + 1:02}.png"
                files[name] = drawing(5 + 2 * d, 5 + 9 * (3 * a + c))
    return files


FILES = members()


def pack(path, files, **kinds):
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = kinds.get("packed", zipfile.ZIP_DEFLATED)
            info.external_attr = (kinds.get("mode") or stat.S_IFREG | 0o644) << 16
            archive.writestr(info, content)
    return path


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache folder of the test's own, and no OMNIGLOT_DIR."""
    for module in (drawings, files):
        monkeypatch.setattr(module, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.delenv("OMNIGLOT_DIR", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def archive(tmp_path):
    return pack(tmp_path / "images_background.zip", FILES)


def same(one, other):
    batches = [f.sample(2, ways=4, shots=1, queries=2, generator=seeded()) for f in (one, other)]
    return torch.equal(batches[0].query_x, batches[1].query_x)


# --- reading --------------------------------------------------------------------------------------


def test_a_zip_a_folder_and_the_environment_give_the_same_tasks(archive, tmp_path, monkeypatch):
    family = Omniglot(folder=archive)
    assert family.scripts == ("Futurama", "Tengwar")
    assert family.names[0] == "Futurama/character01"
    assert family.n_classes == 5
    assert same(family, Omniglot(folder=tmp_path))
    monkeypatch.setenv("OMNIGLOT_DIR", str(tmp_path))
    assert same(family, Omniglot())
    unpacked = tmp_path / "unpacked"
    for name, content in FILES.items():
        (unpacked / name).parent.mkdir(parents=True, exist_ok=True)
        (unpacked / name).write_bytes(content)
    assert same(family, Omniglot(folder=unpacked))
    assert same(family, Omniglot(folder=unpacked / "images_background"))


def test_what_macos_leaves_beside_drawings_is_none(archive, tmp_path):
    unpacked = tmp_path / "unpacked" / "images_background"
    for name, content in FILES.items():
        path = unpacked.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.with_name(f"._{path.name}").write_bytes(b"Mac OS X")
    assert same(Omniglot(folder=unpacked), Omniglot(folder=archive))
    macs = {f"__MACOSX/{name}": b"Mac OS X" for name in FILES}
    beside = {name.replace("/0", "/._0").replace("/1", "/._1"): b"Mac OS X" for name in FILES}
    zipped = pack(tmp_path / "macs.zip", FILES | macs | beside)
    assert same(Omniglot(folder=zipped), Omniglot(folder=archive))


def test_all_its_characters_can_be_one_task(archive):
    family = Omniglot(folder=archive, rotations=True)
    assert family.pictures.shape == (20, 20, 1, 28, 28)
    batch = AllClasses(family).sample(queries=400, generator=seeded())
    assert set(batch.query_y[0].tolist()) == set(range(20))
    for picture, label in zip(batch.query_x[0], batch.query_y[0], strict=True):
        assert (family.pictures[label].float() / 255 == picture).flatten(1).all(1).any()


def test_names_in_a_list_are_those_in_a_tuple(archive):
    one, other = (Omniglot(folder=archive, only=some) for some in (["Tengwar"], ("Tengwar",)))
    assert one == other
    assert hash(one) == hash(other)
    assert Omniglot(folder=str(archive), only=["Tengwar"]) == one


def test_drawings_become_28_pixels_of_ink_in_their_place(archive):
    family = Omniglot(folder=archive).of_script("Tengwar")
    assert family.scripts == ("Tengwar",)
    batch = family.sample(1, ways=2, shots=5, queries=15, generator=seeded())
    assert batch.support_x.shape == (1, 10, 1, 28, 28)
    assert batch.support_x.min() == 0
    assert batch.support_x.max() > 0.9
    share = 50 * 8 / 105**2  # of the paper, as in the drawing
    assert batch.query_x.mean().item() == pytest.approx(share, rel=0.02)
    all_of_it = torch.cat([batch.support_x[0, :5], batch.query_x[0, :15]])
    tops = sorted(int(picture[0].sum(1).nonzero()[0]) for picture in all_of_it)
    assert np.abs(np.array(tops) - (5 + 2 * np.arange(20)) * 28 / 105).max() < 1.5


def test_tasks_are_balanced_disjoint_and_true_to_their_facts(archive):
    family = Omniglot(folder=archive)
    batch = family.sample(20, ways=3, shots=2, queries=4, generator=seeded())
    assert batch.query_y.tolist() == [[0] * 4 + [1] * 4 + [2] * 4] * 20
    for task in range(20):
        assert len(set(batch.facts["character"][task].tolist())) == 3
        names = [family.names[n].split("/")[0] for n in batch.facts["character"][task]]
        assert names == [family.scripts[n] for n in batch.facts["script"][task]]
        support, query = (
            {x.numpy().tobytes() for x in pictures[task]}
            for pictures in (batch.support_x, batch.query_x)
        )
        assert not support & query
    assert len({tuple(row) for row in batch.facts["character"].tolist()}) > 10


def test_turned_characters_are_classes_of_their_own(archive):
    plain, turned = Omniglot(folder=archive), Omniglot(folder=archive, rotations=True)
    assert turned.n_classes == 4 * plain.n_classes
    batch = turned.sample(1, ways=20, shots=1, queries=1, generator=seeded())
    facts = (batch.facts[name][0].tolist() for name in ("character", "turn"))
    pairs = list(zip(*facts, strict=True))
    assert sorted(pairs) == [(c, t) for c in range(5) for t in range(4)]
    tall = (batch.query_x[0, :, 0].sum(2) > 0).sum(1) > (batch.query_x[0, :, 0].sum(1) > 0).sum(1)
    assert tall.tolist() == [turn % 2 == 0 for _, turn in pairs]


def test_characters_turn_counter_clockwise_as_their_facts_say(archive):
    plain, turned = Omniglot(folder=archive), Omniglot(folder=archive, rotations=True)
    batch = AllClasses(turned).sample(queries=200, generator=seeded())
    _, facts = turned._classes()
    assert len(set(batch.query_y[0].tolist())) == 20
    for label in range(20):
        character, turn = (int(facts[name][label]) for name in ("character", "turn"))
        upright = plain.pictures[character].numpy()
        wanted = np.rot90(upright, turn, axes=(-2, -1))  # NumPy turns from rows to columns
        assert np.array_equal(turned.pictures[label].numpy(), wanted)
        if turn == 1:  # the top of what stood upright lies on the left
            rows, columns = (upright[0, 0].sum(1).nonzero()[0], wanted[0, 0].sum(0).nonzero()[0])
            assert rows.tolist() == columns.tolist()
            assert rows.mean() != pytest.approx(13.5, abs=0.5)


def test_small_drawings_are_kept_and_made_anew_if_broken(archive, cache, capsys, monkeypatch):
    family = Omniglot(folder=archive)
    (kept,) = cache.iterdir()
    monkeypatch.setattr(drawings, "_small", None)  # no drawing is looked at again
    drawings._drawings_once.cache_clear()
    assert same(family, Omniglot(folder=archive))
    monkeypatch.undo()
    monkeypatch.setattr(drawings, "cache_folder", lambda: cache)
    kept.write_bytes(kept.read_bytes()[:-100])
    drawings._drawings_once.cache_clear()
    assert same(family, Omniglot(folder=archive))
    assert "was broken" in capsys.readouterr().out


def test_the_authors_small_sets_are_read_together(tmp_path, archive):
    """In the form that theirs have: folders among the files, an alphabet in both sets."""
    sets = {"small1": ALPHABETS, "small2": {"Klingon": 1, "Tengwar": 2}}
    for name, alphabets in sets.items():
        top = f"images_background_{name}"
        files = members(top, alphabets)
        folders = {f"{'/'.join(file.split('/')[:n])}/": b"" for file in files for n in (1, 2, 3)}
        pack(tmp_path / "mine" / f"{top}.zip", folders | files)
    family = Omniglot(folder=tmp_path / "mine")
    assert family.scripts == ("Futurama", "Klingon", "Tengwar")
    assert family.n_classes == 6
    for name in ALPHABETS:
        alone = Omniglot(folder=archive).of_script(name)
        assert torch.equal(family.of_script(name).pictures, alone.pictures)
    one = Omniglot(folder=tmp_path / "mine" / "images_background_small2.zip")
    assert one.scripts == ("Klingon", "Tengwar")


@pytest.mark.parametrize("form", ["zip", "unpacked", "both", "among other pictures"])
def test_torchvision_s_root_is_a_folder_too(tmp_path, archive, form):
    root = tmp_path / "data"
    ours = root / "omniglot-py"
    ours.mkdir(parents=True)
    if form in ("zip", "both"):
        (ours / archive.name).write_bytes(archive.read_bytes())
    if form != "zip":
        for name, content in FILES.items():
            (ours / name).parent.mkdir(parents=True, exist_ok=True)
            (ours / name).write_bytes(content)
    if form == "among other pictures":
        (root / "cats" / "train").mkdir(parents=True)
        (root / "cats" / "train" / "1.png").write_bytes(drawing())
    assert same(Omniglot(folder=root), Omniglot(folder=archive))
    if form != "among other pictures":
        words = r"evaluation set is not in .*\(found: omniglot-py, omniglot-py/images_background"
        with pytest.raises(FileNotFoundError, match=words):
            Omniglot("evaluation", folder=root)


def test_where_nothing_is_found_what_is_there_is_listed(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none \(there is no such folder\): write"):
        Omniglot(folder=tmp_path / "none")
    with pytest.raises(FileNotFoundError, match=r"\(it is empty\): write"):
        Omniglot(folder=tmp_path)
    for n in range(12):
        (tmp_path / f"{n:02}.txt").touch()
    with pytest.raises(FileNotFoundError, match=r"\(found: 00.txt, .*, 07.txt and 4 more\): write"):
        Omniglot(folder=tmp_path)


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (FILES | {"../evil.png": b""}, r"leads out of its folder: '\.\./evil\.png'"),
        (FILES | {"images_background/../../evil.png": b""}, "leads out"),
        (FILES | {"/etc/evil.png": b""}, "leads out"),
        (FILES | {"a\\..\\evil.png": b""}, "leads out"),
        (FILES | {"C:/evil.png": b""}, "leads out"),
        (FILES | {"images_background/big.png": b"0" * 200_000}, "a file of 200,000 bytes"),
        (dict(list(FILES.items())[1:]), "has 19 drawings of Futurama/character01"),
        (FILES | {"images_background/lost.png": FILES[next(iter(FILES))]}, "has 1 drawings"),
        ({"readme.txt": b"no drawings"}, "has no drawings alphabet/character/drawing.png"),
        (FILES | {next(iter(FILES)): b"not a picture"}, "is no readable picture"),
        (FILES | {next(iter(FILES)): drawing(side=50)}, "105 x 105 pixels, got 50 x 50"),
        (FILES | {next(iter(FILES)): drawing()[:60]}, "is no readable picture"),
    ],
)
def test_an_archive_that_does_harm_or_is_not_omniglot_is_refused(tmp_path, cache, files, words):
    path = pack(tmp_path / "images_background.zip", files)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(drawings.BrokenArchive, match=words):
        Omniglot(folder=path)
    assert sorted(tmp_path.rglob("*")) == before  # nothing was unpacked or kept


def test_a_link_in_an_archive_is_refused(tmp_path):
    path = pack(tmp_path / "images_background.zip", FILES, mode=stat.S_IFLNK | 0o777)
    with pytest.raises(drawings.BrokenArchive, match="has a link or device"):
        Omniglot(folder=path)


def test_an_archive_packed_in_an_unusual_way_is_refused(tmp_path):
    path = pack(tmp_path / "images_background.zip", FILES, packed=zipfile.ZIP_BZIP2)
    with pytest.raises(drawings.BrokenArchive, match="has a file packed in an unusual way"):
        Omniglot(folder=path)


def test_two_files_of_one_name_are_refused(archive):
    name, content = next(iter(FILES.items()))
    with zipfile.ZipFile(archive, "a") as more, pytest.warns(UserWarning, match="Duplicate name"):
        more.writestr(name, content)
    with pytest.raises(drawings.BrokenArchive, match=f"has two files of the same name: '{name}'"):
        Omniglot(folder=archive)


def test_an_archive_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    path = pack(tmp_path / "images_background.zip", FILES)
    monkeypatch.setattr(drawings, "MOST_OF_ALL", 1000)
    with pytest.raises(drawings.BrokenArchive, match=r"100 files of .* bytes in all"):
        Omniglot(folder=path)


def chunk(kind, content):
    return (
        len(content).to_bytes(4, "big")
        + kind
        + content
        + zlib.crc32(kind + content).to_bytes(4, "big")
    )


HEADER = chunk(b"IHDR", (105).to_bytes(4, "big") * 2 + b"\x01\x00\x00\x00\x00")


@pytest.mark.parametrize("way", ["zip", "unpacked"])
@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        drawing()[:-40],
        drawing()[:60],
        drawing().replace(b"IDAT", b"IDAX"),
        drawing().replace(b"IHDR", b"IEND"),
        # Pillow raises ValueError, struct.error and others for these.
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b""),
        b"\x89PNG\r\n\x1a\n" + HEADER + chunk(b"iCCP", b"x\0\x01rest") + chunk(b"IDAT", b"x"),
        b"\x89PNG\r\n\x1a\n" + HEADER + chunk(b"pHYs", b"") + chunk(b"IDAT", b"x"),
        b"\x89PNG\r\n\x1a\n" + HEADER + chunk(b"gAMA", b"") + chunk(b"IDAT", b"x"),
        b"\x89PNG\r\n\x1a\n" + HEADER + chunk(b"acTL", b"") + chunk(b"IDAT", b"x"),
        b"\x89PNG\r\n\x1a\n" + HEADER + chunk(b"fcTL", bytes(26)) + chunk(b"IDAT", b"x"),
        b"\x89PNG\r\n\x1a\n" + HEADER + chunk(b"zTXt", b"key\0\x05") + chunk(b"IDAT", b"x"),
    ],
)
def test_a_damaged_drawing_is_named(tmp_path, way, damaged):
    name = next(iter(FILES))
    damaged_files = FILES | {name: damaged}
    if way == "zip":
        where = pack(tmp_path / "images_background.zip", damaged_files)
    else:
        where = tmp_path / "images_background"
        for one, content in damaged_files.items():
            (tmp_path / one).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / one).write_bytes(content)
    with pytest.raises(
        drawings.BrokenArchive, match=f"{name.partition('/')[2]} is no readable pict"
    ):
        Omniglot(folder=where)


@pytest.mark.parametrize(
    "harm",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:1000] + bytes(50) + content[1050:],
        lambda content: b"",
        lambda content: b"<html>not found</html>",
    ],
    ids=["truncated", "altered", "empty", "no zip"],
)
def test_a_truncated_or_altered_archive_is_noticed(archive, cache, harm):
    archive.write_bytes(harm(archive.read_bytes()))
    with pytest.raises(drawings.BrokenArchive, match="truncated or altered"):
        Omniglot(folder=archive)
    assert not cache.exists()


def test_a_lying_size_in_an_archive_is_noticed(archive):
    content = archive.read_bytes()
    first = content.index(b"PK\x01\x02")  # its central directory: 24 bytes on is the size
    size = content[first + 24 : first + 28]
    assert int.from_bytes(size, "little") == len(next(iter(FILES.values())))
    archive.write_bytes(content[: first + 24] + b"\x10\0\0\0" + content[first + 28 :])
    with pytest.raises(drawings.BrokenArchive):
        Omniglot(folder=archive)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda p: Omniglot("train"), ValueError, 'split must be "background" or "evaluation"'),
        (lambda p: Omniglot(), FileNotFoundError, r"download=True.*OMNIGLOT_DIR"),
        (lambda p: Omniglot("evaluation", folder=p), ValueError, "holds the background set"),
        (
            lambda p: Omniglot(folder=p, only=("Klingon",)),
            ValueError,
            "got 'Klingon': there are Fut",
        ),
        (lambda p: Omniglot(folder=p, only="Tengwar"), ValueError, "only must be a tuple"),
        (lambda p: Omniglot(folder=p, only=()), ValueError, r"only must be a tuple .* got \(\)"),
        (lambda p: Omniglot(folder=p, only=["Tengwar"] * 2), ValueError, "once each"),
        (lambda p: Omniglot(folder=p, only=7), ValueError, "only must be a tuple .* got 7"),
        (lambda p: Omniglot(folder=5), ValueError, "folder must be a path, .* got 5"),
        (lambda p: Omniglot(folder=p).of_script("Elvish"), ValueError, "got 'Elvish'"),
        (
            lambda p: Omniglot(folder=p, only=("Futurama",)).of_script("Tengwar"),
            ValueError,
            "name must be one of Futurama, got 'Tengwar'",
        ),
        (
            lambda p: Omniglot(folder=p).sample(1, ways=6, shots=1, queries=1),
            ValueError,
            "ways must be at most 5, the characters here, got 6",
        ),
        (
            lambda p: Omniglot(folder=p).sample(1, shots=10, queries=11),
            ValueError,
            r"shots \+ queries must be at most 20",
        ),
    ],
)
def test_what_cannot_be_had_is_said(archive, make, error, words):
    with pytest.raises(error, match=words):
        make(archive)


# --- fetching -------------------------------------------------------------------------------------


class Server(BaseHTTPRequestHandler):
    """Serves one file; `stop_after` bytes it breaks off, and it may not say a length."""

    content, stop_after, asked, says_length = b"", None, 0, True

    def do_GET(self):
        type(self).asked += 1
        self.send_response(200)
        if self.says_length:
            self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content[: self.stop_after])

    def log_message(self, *_):
        pass


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server of a small background set that `Omniglot` takes for the real one."""
    content = pack(tmp_path / "served.zip", FILES).read_bytes()
    handler = type("Serving", (Server,), {"content": content})
    running = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setattr(files, "SOURCE", f"http://127.0.0.1:{running.server_port}/")
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    monkeypatch.setattr(files, "MD5", {"images_background.zip": digest})
    yield handler
    running.shutdown()
    thread.join()
    running.server_close()


def test_a_download_is_kept_for_the_next_time(server, cache, archive, capsys):
    family = Omniglot(download=True)
    assert same(family, Omniglot(folder=archive))
    assert "pieces of 64 KiB took" in capsys.readouterr().out
    assert same(family, Omniglot())
    assert same(family, Omniglot(download=True))
    assert server.asked == 1
    assert [path.name for path in (cache / "omniglot").iterdir()] == ["images_background.zip"]


def failing(when, error):
    """`HTTPResponse.read`, but for the piece after `when` others it raises an error."""
    read, pieces = HTTPResponse.read, []

    def wrapped(answer, amount):
        if len(pieces) == when:
            raise error
        pieces.append(read(answer, amount))
        return pieces[-1]

    return wrapped


@pytest.mark.parametrize("says_length", [True, False], ids=["length", "no length"])
@pytest.mark.parametrize(
    ("error", "raised", "words"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt, None),
        (TimeoutError("timed out"), ConnectionError, r"stopped after 4,000 bytes \(timed out\)"),
        (IncompleteRead(b"x"), ConnectionError, r"stopped after 4,000 bytes \(IncompleteRead"),
    ],
)
def test_of_a_download_that_does_not_end_nothing_is_kept_and_the_next_is_whole(
    server, cache, monkeypatch, capsys, says_length, error, raised, words
):
    server.says_length = says_length
    with monkeypatch.context() as patch:
        patch.setattr(files, "PIECE", 2000)
        patch.setattr(HTTPResponse, "read", failing(2, error))
        with pytest.raises(raised, match=words):
            Omniglot(download=True)
    assert list((cache / "omniglot").iterdir()) == []
    said = capsys.readouterr().out
    assert ("nothing is kept" in said) == (says_length and raised is KeyboardInterrupt)
    assert Omniglot(download=True).n_classes == 5


def test_a_server_that_breaks_off_is_said_and_nothing_is_kept(server, tmp_path):
    server.stop_after = 5000
    words = rf"stopped after 5,000 bytes \(it has {len(server.content):,}\): call again"
    with pytest.raises(ConnectionError, match=words):
        Omniglot(folder=tmp_path / "mine", download=True)
    assert list((tmp_path / "mine").iterdir()) == []
    server.stop_after = None
    assert Omniglot(folder=tmp_path / "mine", download=True).n_classes == 5


@pytest.mark.parametrize("why", ["File exists", "No space left"])
def test_a_file_that_cannot_be_written_is_no_failing_network(server, cache, monkeypatch, why):
    if why == "No space left":

        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
    else:
        cache.mkdir()
        (cache / "omniglot").touch()
    with pytest.raises(OSError, match=why) as caught:
        files.fetch(files.SOURCE, cache / "omniglot" / "x.zip", md5=next(iter(files.MD5.values())))
    assert not isinstance(caught.value, ConnectionError)


def test_a_server_that_announces_too_much_is_refused(server, cache, monkeypatch):
    monkeypatch.setattr(files, "MOST_OF_ALL", 5000)
    monkeypatch.setattr(HTTPResponse, "read", None)  # before anything comes
    words = f"has {len(server.content):,} bytes: Omniglot is smaller"
    with pytest.raises(drawings.BrokenArchive, match=words):
        Omniglot(download=True)
    assert list((cache / "omniglot").iterdir()) == []


def test_an_endless_download_is_ended(server, cache, monkeypatch):
    sent = []

    def endless(self):
        self.send_response(200)
        self.end_headers()
        try:
            while len(sent) < 1000:  # it would end after all, at 64 MB
                self.wfile.write(bytes(65_536))
                sent.append(1)
        except OSError:  # nobody listens any more
            pass

    monkeypatch.setattr(server, "do_GET", endless)
    monkeypatch.setattr(files, "MOST_OF_ALL", 500_000)
    with pytest.raises(drawings.BrokenArchive, match="has more than 500,000 bytes"):
        Omniglot(download=True)
    assert list((cache / "omniglot").iterdir()) == []
    assert len(sent) < 500  # what has come, and what was on its way


def test_a_download_that_was_altered_since_is_fetched_anew(server, cache, capsys):
    assert Omniglot(download=True).n_classes == 5
    path = cache / "omniglot" / "images_background.zip"
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(
        drawings.BrokenArchive, match=r"altered: write .*download=True\) to fetch it"
    ):
        Omniglot()  # nothing is fetched unasked
    capsys.readouterr()
    assert Omniglot(download=True).n_classes == 5
    assert f"{path} was truncated or altered: it is fetched again." in capsys.readouterr().out
    assert path.read_bytes() == server.content
    assert server.asked == 2


@pytest.mark.parametrize("way", ["folder", "environment"])
def test_a_broken_file_of_the_users_is_left_alone(server, archive, monkeypatch, way):
    broken = archive.read_bytes()[:-1000]
    archive.write_bytes(broken)
    if way == "environment":
        monkeypatch.setenv("OMNIGLOT_DIR", str(archive.parent))
    with pytest.raises(drawings.BrokenArchive, match="truncated or altered"):
        Omniglot(folder=archive.parent if way == "folder" else None, download=True)
    assert archive.read_bytes() == broken
    assert server.asked == 0


def test_a_good_download_is_checked_once(server, cache, monkeypatch):
    Omniglot(download=True)
    Omniglot()
    monkeypatch.setattr(files, "_md5", None)
    assert Omniglot().n_classes == 5


def test_another_file_than_is_wanted_is_noticed_and_not_kept(server, cache):
    server.content = server.content[:-1] + b"!"
    with pytest.raises(drawings.BrokenArchive, match="its checksum is different"):
        Omniglot(download=True)
    assert list((cache / "omniglot").iterdir()) == []


def test_an_altered_download_stays_until_the_next_is_whole(server, cache):
    Omniglot(download=True)
    path = cache / "omniglot" / "images_background.zip"
    path.write_bytes(b"altered")
    server.stop_after = 5000
    with pytest.raises(ConnectionError):
        Omniglot(download=True)
    assert path.read_bytes() == b"altered"


def test_a_file_that_is_not_there_or_a_server_that_is_not_is_said(server, cache, monkeypatch):
    monkeypatch.setattr(server, "do_GET", lambda self: self.send_error(404))
    with pytest.raises(ConnectionError, match=r"failed \(HTTP Error 404: .*\): call again"):
        Omniglot(download=True)
    monkeypatch.setattr(files, "SOURCE", "http://127.0.0.1:9/")
    with pytest.raises(ConnectionError, match=r"the download of .* failed \("):
        Omniglot(download=True)
    assert list((cache / "omniglot").iterdir()) == []


def test_a_full_background_set_is_fetched_although_small_ones_are_there(server, tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    small = {name: content for name, content in FILES.items() if "Tengwar" in name}
    pack(folder / "images_background_small1.zip", small)
    assert Omniglot(folder=folder).scripts == ("Tengwar",)
    assert len(Omniglot(folder=folder, download=True).scripts) == 2
    shutil.rmtree(folder)


def test_a_turned_character_keeps_its_name_and_its_script(archive):
    family = Omniglot(folder=archive, rotations=True)
    facts = family._classes()[1]
    names = [family.names[n].split("/")[0] for n in facts["character"].tolist()]
    assert names == [family.scripts[n] for n in facts["script"].tolist()]


def test_a_zip_unpacked_into_a_folder_of_its_own_name_is_found(tmp_path, archive):
    top = tmp_path / "images_background"
    for name, content in FILES.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(content)
    next((top / "images_background").glob("*/*")).joinpath("more.png").mkdir()
    assert same(Omniglot(folder=tmp_path), Omniglot(folder=archive))
