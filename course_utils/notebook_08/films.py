"""What notebook 08's films show."""

from course_utils.films.plan import Plan

PLANS = {
    "order_on_a_line": Plan(),
    "distance": Plan({"task": range(2)}),
    "more_steps": Plan(),
    "more_points": Plan(),
    "overtaken": Plan(),
    "how_many_waves": Plan(),
    "who_sorts_best": Plan(),
    "what_it_lacks": Plan(),
    "word_task": Plan({"word": range(0, 10, 2)}),
}
