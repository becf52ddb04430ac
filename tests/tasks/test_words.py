"""Words as tasks: whose words they are, what is split from what, and what x counts."""

import math
import re
from importlib.metadata import version

import pytest
import torch
from torch.testing import assert_close

from course_utils.tasks import Words, words
from course_utils.tasks.words import SPLITS, grams, name_of, own_words, place, split_of


def drawn(family=None, n=40, shots=5, queries=10, seed=0):
    family = family or Words()
    generator = torch.Generator().manual_seed(seed)
    return family.sample(n, shots=shots, queries=queries, generator=generator)


def test_a_word_belongs_to_one_language_and_is_latin_small_letters():
    every = [word for found in own_words().values() for word in found]
    assert len(every) == len(set(every)) > 30_000
    assert all(re.fullmatch(r"[^\W\d_]{3,}", word) and word == word.lower() for word in every)
    assert "afghanistan" not in every
    assert min(map(len, own_words().values())) >= words.WORDS


def test_near_duplicates_are_left_out_and_neighbours_stay():
    assert not {"nb", "fil", "ms", "rwk"} & own_words().keys()
    assert {"da", "no", "sv", "hr", "bs", "en", "es"} <= own_words().keys()
    assert not any("_" in code for code in own_words())


def test_babel_keeps_nothing_of_the_languages_that_were_read():
    from babel import localedata

    before = set(localedata._cache)
    read = {code for code, _ in words._latin_words()}
    assert len(read) > 100
    assert not read & set(localedata._cache) - before


def test_what_was_read_with_babel_before_changes_no_words_and_stays():
    from babel import Locale, localedata

    fresh = dict(words._latin_words())
    assert Locale("ga").months["format"]["wide"]
    merged = localedata._cache["ga"]
    assert dict(words._latin_words()) == fresh
    assert localedata._cache["ga"] is merged


def test_languages_are_split_by_their_code_alone():
    found = {split: set(Words(split).languages) for split in SPLITS}
    assert set().union(*found.values()) == own_words().keys()
    assert sum(map(len, found.values())) == len(own_words())
    assert all(len(found[split]) >= 10 for split in SPLITS)
    assert len(found["train"]) > 2 * len(found["test"])
    assert (split_of("sv"), split_of("da"), split_of("nl")) == ("train", "test", "validation")


def test_no_word_of_a_query_set_is_in_the_support_set_and_labels_are_right():
    family = Words("test")
    batch = drawn(family)
    assert batch.support_x.shape == (40, 25, 1024)
    assert batch.query_y.shape == (40, 50)
    for n in range(len(batch)):
        support, query = (
            family.spelt(batch.facts[f"{which}_word"][n]) for which in ("support", "query")
        )
        assert not set(support) & set(query)
        codes = [family.languages[place] for place in batch.facts["language"][n].tolist()]
        for word, label in zip(query, batch.query_y[n].tolist(), strict=True):
            assert word in family.words(codes[label])


def test_x_counts_the_n_grams_of_its_word():
    assert sorted(grams("hus")) == sorted(
        ["h", "u", "s", "^h", "hu", "us", "s$", "^hu", "hus", "us$"]
    )
    family = Words("test", idf=False, length=1.0)
    batch = drawn(family, n=2)
    (word,) = family.spelt(batch.facts["query_word"][1, 7])
    counts = torch.zeros(1024)
    for gram in grams(word):
        counts[place(gram, 1024)] += 1
    assert_close(batch.query_x[1, 7], counts / counts.norm())
    assert_close(family.features([word.upper()])[0], batch.query_x[1, 7])


def test_an_accent_is_part_of_its_letter_however_it_is_typed():
    composed, typed = "jeŋ\u00e9", "jeŋe\u0301"
    assert_close(Words().features([typed]), Words().features([composed]))
    assert not torch.equal(Words().features(["jeŋe"]), Words().features([composed]))


@pytest.mark.skipif(not version("babel").startswith("2.18."), reason="other words, other numbers")
def test_the_docstring_counts_the_languages():
    counts = [len(Words(split).languages) for split in SPLITS]
    said = re.sub(r"\s+", " ", Words.__doc__)
    assert "{} to train on, {} to choose settings on, {} to test on".format(*counts) in said


def test_a_place_is_the_same_on_every_computer():
    assert [place(gram, 1024) for gram in ("a", "^s", "sch")] == [579, 675, 533]


def test_idf_is_the_log_of_how_rare_a_place_is_among_training_words_only():
    train = [word for code in Words("train").languages for word in own_words()[code]]
    at = place("sch", 1024)
    having = sum(at in {place(gram, 1024) for gram in grams(word)} for word in train)
    expected = math.log((1 + len(train)) / (1 + having)) + 1
    assert_close(words.rarity(1024)[at].item(), expected, rtol=1e-5, atol=0)
    plain, weighted = (Words("test", idf=idf).features(["schnee"])[0] for idf in (False, True))
    product = plain * words.rarity(1024)
    assert_close(weighted, 5 * product / product.norm())


def test_every_x_has_the_length_that_is_asked_for():
    norms = drawn(Words(length=2.0), n=3).support_x.norm(dim=-1)
    assert_close(norms, torch.full_like(norms, 2.0))


def test_some_languages_alone_and_a_draw_is_the_same_again():
    family = Words("test", only=("da", "no", "fo", "de", "nds"))
    batch = drawn(family, n=3)
    assert sorted(batch.facts["language"][0].tolist()) == [0, 1, 2, 3, 4]
    assert_close(batch.support_x, drawn(family, n=3).support_x)
    assert name_of("da") == "Danish"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"split": "all"}, 'split must be "train", "validation" or "test"'),
        ({"only": ("da",)}, "only must name languages of the train split, got 'da'"),
        ({"size": 0}, "size must be a whole number of at least 1"),
        ({"size": 10**12}, "size must make the counts of many words"),
        ({"idf": "a"}, "idf must be True or False, got 'a'"),
        ({"length": 0.0}, "length must be above 0"),
        ({"length": -1.0}, "length must be finite and at least 0"),
    ],
)
def test_what_cannot_be_used_is_named(wrong, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        Words(**wrong)


def test_calls_that_cannot_be_answered_are_named():
    with pytest.raises(ValueError, match="code must be one of agq, ak"):
        Words("test").words("sv")
    with pytest.raises(ValueError, match=r"places must be from 0 to .* got -1 to -1"):
        Words("test").spelt(torch.tensor([-1]))
    for wrong in ("hus", [""], [3], None):
        with pytest.raises(ValueError, match="words must be a list of words"):
            Words().features(wrong)
    with pytest.raises(ValueError, match=r"must be at most \d+, the words of a language"):
        drawn(shots=200)
