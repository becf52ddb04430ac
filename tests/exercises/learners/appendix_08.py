"""Wrong answers to the appendix to 08, as learners wrote them, before any check was known."""

import torch
from torch.nn.functional import normalize

from tests.exercises.learners import answer


@answer(
    "idf",
    "counted how often a place comes in the training words, not how many of the words have it",
)
def _(train_counts, counts):
    N = len(train_counts)
    n = train_counts.sum(0)
    idf = torch.log((1 + N) / (1 + n)) + 1
    return 5 * normalize(counts * idf, dim=1)


@answer("idf", "forgot the brackets of the fraction: 1 + N / 1 + n")
def _(train_counts, counts):
    n_words = train_counts.shape[0]
    n = (train_counts > 0).sum(dim=0)
    idf = torch.log(1 + n_words / 1 + n) + 1
    x = counts * idf
    return 5 * x / x.norm(dim=1, keepdim=True)


@answer(
    "idf",
    "scaled to length 5 first and weighted then, so that the words have other lengths in the end",
)
def _(train_counts, counts):
    N = train_counts.shape[0]
    n = (train_counts > 0).sum(0)
    weights = ((1 + N) / (1 + n)).log() + 1
    x = 5 * counts / counts.pow(2).sum(1, keepdim=True).sqrt()
    return x * weights


@answer(
    "idf",
    "weighted the counts in place: the caller's counts are weighted and scaled afterwards, too",
)
def _(train_counts, counts):
    n = (train_counts > 0).float().sum(dim=0)
    counts *= torch.log((1 + len(train_counts)) / (1 + n)) + 1
    counts /= counts.norm(dim=1, keepdim=True)
    counts *= 5
    return counts


@answer(
    "idf",
    "divided by one length of the whole table, and not each word by its own",
)
def _(train_counts, counts):
    n = (train_counts > 0).sum(0)
    idf = torch.log((1 + len(train_counts)) / (1 + n)) + 1
    x = counts * idf
    x = x / torch.linalg.norm(x)
    return x * 5


@answer(
    "sort_words",
    "took the language of the nearest single word, not of the nearest mean",
)
def _(features, known, asked):
    words, languages = [], []
    for language, some in known.items():
        words += some
        languages += [language] * len(some)
    nearest = torch.cdist(features(asked), features(words)).argmin(dim=1)
    return [languages[i] for i in nearest]


@answer(
    "sort_words",
    "sorted the names, but stacked the means in the dict's order, so that names and means do not "
    "belong together",
)
def _(features, known, asked):
    names = sorted(known)
    means = torch.stack([features(words).mean(0) for words in known.values()])
    d = torch.cdist(features(asked), means)
    return [names[i] for i in d.argmin(1).tolist()]


@answer(
    "sort_words",
    "gave features one word, a string, where it takes a list of words",
)
def _(features, known, asked):
    means = {language: features(words).mean(dim=0) for language, words in known.items()}
    answers = []
    for word in asked:
        x = features(word)
        distances = {language: torch.dist(x, mean) for language, mean in means.items()}
        answers.append(min(distances, key=distances.get))
    return answers


@answer(
    "sort_words",
    "joined each language's words into one long word, whose x is scaled as a whole and has n-grams "
    "across the seams",
)
def _(features, known, asked):
    languages = list(known)
    places = features(["".join(known[language]) for language in languages])
    nearest = torch.cdist(features(asked), places).argmin(dim=1)
    return [languages[n] for n in nearest]


@answer(
    "sort_words",
    "summed the words of a language instead of taking their mean: the more words, the farther away",
)
def _(features, known, asked):
    sums = torch.stack([features(words).sum(dim=0) for words in known.values()])
    closest = torch.cdist(features(asked), sums).min(dim=1).indices
    return [list(known)[int(c)] for c in closest]


# x is five times shorter, so everything with x in it is five times smaller.
answer(
    "scale_and_alpha",
    "forgot that the step of W meets an x that is shorter, too: the factor comes twice",
    values={"gradient": 5, "change": 5, "bias": 1, "alpha": 5},
)

# the bias belongs to the layer, its gradient shrinks as well
answer(
    "scale_and_alpha",
    "let the bias shrink with x, though no x is in its gradient",
    values={"gradient": 5, "change": 25, "bias": 5, "alpha": 25},
)

answer(
    "scale_and_alpha",
    "gave the factors themselves, where it asks how many times smaller",
    values={"gradient": 1 / 5, "change": 1 / 25, "bias": 1, "alpha": 25},
)

# gradient 5 times smaller, so take a step 5 times larger
answer(
    "scale_and_alpha",
    "made up for the smaller gradient alone, not for the shorter x that the step meets",
    values={"gradient": 5, "change": 25, "bias": 1, "alpha": 5},
)

# nothing changes for b: 0
answer(
    "scale_and_alpha",
    "said 0 for a change that is as large as before: 1 time",
    values={"gradient": 5, "change": 25, "bias": 0, "alpha": 25},
)


@answer(
    "three_seeds",
    "counted every seed of every town as a number of its own: three times as many as there are "
    "towns",
)
def _(ours, rule):
    d = (ours - rule).flatten()
    return d.mean().item(), (1.96 * d.std() / len(d) ** 0.5).item()


@answer(
    "three_seeds",
    "took the mean over the towns first: its interval is one over seeds",
)
def _(ours, rule):
    by_seed = (ours - rule).mean(dim=1)
    return by_seed.mean().item(), 1.96 * by_seed.std().item() / len(by_seed) ** 0.5


@answer(
    "three_seeds",
    "took the best seed of each town, which nobody knows before the test",
)
def _(ours, rule):
    difference = ours.min(dim=0).values - rule
    half_width = 1.96 * difference.std() / difference.numel() ** 0.5
    return float(difference.mean()), float(half_width)


@answer(
    "three_seeds",
    "made an interval for each seed and gave the mean of their widths",
)
def _(ours, rule):
    means, widths = [], []
    for one in ours:
        d = one - rule
        means.append(d.mean().item())
        widths.append(1.96 * d.std().item() / len(d) ** 0.5)
    return sum(means) / len(means), sum(widths) / len(widths)


@answer(
    "three_seeds",
    "turned the rule into a column, which does not fit (seeds, towns)",
)
def _(ours, rule):
    d = (ours - rule[:, None]).mean(0)
    return d.mean().item(), 1.96 * d.std().item() / len(d) ** 0.5
