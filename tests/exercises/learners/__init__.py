"""Wrong answers, kept as they came; `ANSWERS` has them all."""

ANSWERS = []


def answer(exercise, words, *, values=None, place=None, set_of="first"):
    """Register a wrong answer: a function, values or places; `words` say the mistake."""

    def register(function):
        ANSWERS.append((exercise, words, function, set_of))
        return function

    if values is not None or place is not None:
        return register(values if values is not None else place)
    return register
