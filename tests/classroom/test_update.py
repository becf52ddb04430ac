"""The course changes in mid-term: the students' link brings what is new and loses nobody's work."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.classroom
ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = ("00-start-here.ipynb", "02-the-meta-loss.ipynb")


class Teacher:
    """The course's repository, with two notebooks of it."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "notebooks").mkdir(parents=True)
        for name in NAMES:
            shutil.copy(ROOT / "notebooks" / name, folder / "notebooks" / name)
        self.git("init", "--quiet", "--initial-branch=main")
        self.publish()

    def git(self, *words):
        who = ["-c", "user.name=Teacher", "-c", "user.email=teacher@example.org"]
        subprocess.run(["git", *who, *words], cwd=self.folder, check=True, capture_output=True)

    def publish(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=new")

    def change(self, name, edit):
        path = self.folder / "notebooks" / name
        content = json.loads(path.read_text(encoding="utf-8"))
        edit(content["cells"])
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@pytest.fixture
def teacher(place, ben):
    folder = place / "repository"
    yield Teacher(folder)
    shutil.rmtree(folder)
    shutil.rmtree(place / "home" / ben.name / "course")


def pull(learner, teacher):
    """What the students' link does."""
    what = {"repo": f"file://{teacher.folder}", "branch": "main", "targetpath": "course"}
    said = learner.ask("GET", "git-pull/api", params=what).text
    assert '"phase": "finished"' in said, said


def opened(learner, name):
    answer = learner.ask("GET", f"api/contents/course/notebooks/{name}")
    assert answer.ok, answer.text
    return answer.json()["content"]


def save(learner, name, content):
    what = {"type": "notebook", "format": "json", "content": content}
    learner.ask("PUT", f"api/contents/course/notebooks/{name}", json=what).raise_for_status()


def written_in(cells, text):
    return [cell for cell in cells if text in "".join(cell["source"])]


def test_an_answer_and_its_output_stay_and_what_is_new_comes(ben, teacher):
    pull(ben, teacher)
    mine = opened(ben, NAMES[1])
    cell = [cell for cell in mine["cells"] if cell["cell_type"] == "code"][3]
    cell["source"] = "answer = 42  # mine"
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "ran\n"}]
    save(ben, NAMES[1], mine)

    def mend(cells):
        cells[0]["source"].append("\n\nA new sentence.")

    teacher.change(NAMES[1], mend)
    teacher.change(NAMES[0], mend)
    (teacher.folder / "notebooks" / "10-new.ipynb").write_text(
        (teacher.folder / "notebooks" / NAMES[0]).read_text(encoding="utf-8"), encoding="utf-8"
    )
    teacher.publish()
    pull(ben, teacher)

    now = opened(ben, NAMES[1])["cells"]
    (kept,) = written_in(now, "answer = 42  # mine")
    assert kept["outputs"][0]["text"] == "ran\n"
    assert len(written_in(now, "A new sentence.")) == 1
    assert len(now) == len(mine["cells"])
    assert written_in(opened(ben, NAMES[0])["cells"], "A new sentence.")
    assert opened(ben, "10-new.ipynb")["cells"]


def test_where_both_changed_the_same_lines_the_learners_stay(ben, teacher):
    pull(ben, teacher)
    mine = opened(ben, NAMES[1])
    mine["cells"][3]["source"] = "Mine in the same place."
    save(ben, NAMES[1], mine)

    def change(cells):
        cells[3]["source"] = ["The teacher's in the same place."]

    teacher.change(NAMES[1], change)
    teacher.publish()
    pull(ben, teacher)
    now = opened(ben, NAMES[1])["cells"]
    assert written_in(now, "Mine in the same place.")
    assert not written_in(now, "The teacher's in the same place.")
    assert len(now) == len(mine["cells"])


def test_a_cell_in_which_both_changed_other_lines_comes_out_mixed(ben, teacher):
    def lines(changed):
        return [f"x{n} = {changed.get(n, n)}\n" for n in range(9)]

    teacher.change(NAMES[1], lambda cells: cells[3].update(source=lines({})))
    teacher.publish()
    pull(ben, teacher)
    mine = opened(ben, NAMES[1])
    mine["cells"][3]["source"] = "".join(lines({1: "'mine'"}))
    save(ben, NAMES[1], mine)
    teacher.change(NAMES[1], lambda cells: cells[3].update(source=lines({7: "'new'"})))
    teacher.publish()
    pull(ben, teacher)
    now = opened(ben, NAMES[1])["cells"][3]["source"]
    assert now == "".join(lines({1: "'mine'", 7: "'new'"}))


def test_a_merge_left_half_done_breaks_a_notebook_and_a_new_copy_mends_it(ben, teacher):
    home = teacher.folder.parent / "home" / ben.name / "course"
    path = home / "notebooks" / NAMES[0]
    pull(ben, teacher)
    mine = opened(ben, NAMES[0])
    mine["cells"][0]["source"] = "# Mine"
    save(ben, NAMES[0], mine)
    teacher.change(NAMES[0], lambda cells: cells[0].update(source=["# New"]))
    teacher.publish()
    git = ["git", "-c", "user.name=Ben", "-c", "user.email=ben@example.org"]
    for words in (["commit", "-am", "mine"], ["fetch"], ["merge", "origin/main"]):
        done = subprocess.run([*git, *words], cwd=home, capture_output=True)
    assert done.returncode == 1
    pull(ben, teacher)
    assert "<<<<<<<" in path.read_text(encoding="utf-8")
    assert not ben.ask("GET", f"api/contents/course/notebooks/{NAMES[0]}").ok
    path.rename(path.with_name("mine.ipynb"))
    pull(ben, teacher)
    assert written_in(opened(ben, NAMES[0])["cells"], "# New")
    assert "# Mine" in path.with_name("mine.ipynb").read_text(encoding="utf-8")


def test_a_history_that_was_rewritten_needs_the_folder_renamed(ben, teacher):
    home = teacher.folder.parent / "home" / ben.name
    pull(ben, teacher)
    (home / "course" / "notebooks" / "notes.txt").write_text("mine")
    teacher.git("commit", "--quiet", "--amend", "--message=another")
    with pytest.raises(AssertionError, match="128"):
        pull(ben, teacher)
    (home / "course").rename(home / "course-before")
    pull(ben, teacher)
    assert opened(ben, NAMES[0])["cells"]
    assert (home / "course-before" / "notebooks" / "notes.txt").read_text() == "mine"
    shutil.rmtree(home / "course-before")


def test_a_deleted_notebook_comes_back_and_a_file_in_the_way_is_put_aside(ben, teacher):
    home = teacher.folder.parent / "home" / ben.name / "course"
    pull(ben, teacher)
    (home / "notebooks" / NAMES[0]).unlink()
    (home / "notebooks" / "11-notes.txt").write_text("mine")
    (teacher.folder / "notebooks" / "11-notes.txt").write_text("the teacher's")
    teacher.publish()
    pull(ben, teacher)
    assert opened(ben, NAMES[0])["cells"]
    notes = [path.read_text() for path in (home / "notebooks").glob("11-notes*.txt")]
    assert sorted(notes) == ["mine", "the teacher's"]
