"""The telling states of every explorer and prediction, from their start: what a frame shows.

No state is taken where inner steps explode: there the last digits of a processor decide.
"""

VEE = (((0.1, 0.1), (0.5, 0.9), (0.9, 0.1)),)  # a drawing of the reader's, one stroke
REVEALED = {"revealed": True}

STATES = {
    "by_eye": [{}, {"a": 3.2, "p": 2.0, "show": True, "task": 1}],
    "one_shot_game": [{}, {"answers": (0, 1, 2, 3)}, {"answers": (4, 3, 2, 1, 0) * 2}],
    "sinusoid_family": [
        {},
        {"all_shown": True, "amplitude": 4.0, "phase": 2.2, "shots": 8, "noise": 0.3},
    ],
    "one_x_many_y": [{"guess": 2.0}, {"guess": 1.5, "x": 1.0, **REVEALED}],
    "find_the_leak": [{"row": 1}, {"row": 2, **REVEALED}],
    "ridge_knob": [{}, {"knob": 0.01, "pair": 1, "curve_shown": True}],
    "support_choice": [{}, {"knob": 0.01, "worse": "far", **REVEALED}],
    "few_tasks": [{}, {"knob": 0.01, "unseen": "worse", "draw": 5, **REVEALED}],
    "by_hand": [{}, {"inner_lr": 0.125}, {"phi": 2.5, "inner_lr": 0.2}],
    "best_single_function": [{"height": 1.0}, {"height": -1.0, **REVEALED}],
    "before_the_first_step": [{}, {"guess": "same", **REVEALED}],
    "adapt_to_your_sinusoid": [
        {},
        {"steps": 1, "shots": 8},
        {"phase": 2.0, "amplitude": 2.0, "steps": 5, "y1": (0, 3.0)},
    ],
    "glide_or_jump": [{"phi": 1.5}, {"phi": -1.0, **REVEALED}],
    "one_axis": [{}, {"phi": 0.0, "inner_lr": 1.0}, {"phi": -2.12, "inner_lr": 0.6, "steps": 2}],
    "draw_objective": [{}, {"l1": 2.0, "l2": 1.0, "l3": 0.6, "l5": 0.4, "l7": 1.8}],
    "taller_or_smaller": [{"a": 1.0}, {"a": 2.2, **REVEALED}],
    "sine_plane": [
        {},
        {"inner_lr": 0.1},
        {"a": 2.0, "p": 2.4, "inner_lr": 0.05, "steps": 3, "shots": 5},
    ],
    "meta_step": [
        {},
        {"inner_lr": 0.15, "meta_steps": 5},
        {"inner_lr": 0.2, "meta_steps": 2, "rule": "first-order"},
        {"inner_lr": 0.1, "meta_steps": 3, "rule": "transfer", "meta_lr": 0.1},
    ],
    "steeper": [{"phi": 2.0}, {"phi": 3.4, **REVEALED}],
    "task_weights": [{}, {"h": 6.0, "inner_lr": 0.125}, {"h": 2.0, "inner_lr": 0.2, "steps": 2}],
    "halfway": [{}, {"loss": 3.0, **REVEALED}],
    "network_plane": [
        {},
        {"steps": 1, "at": ("both", -8.0, 0.2)},
        {"plane": "MAML", "task": 2, "steps": 3},
        {"plane": "random transfer", "steps": 2, "inner_lr": 0.003, "task": 4},
    ],
    "curvature_guess": [{}, {"guess": 100.0, **REVEALED}],
    "fed_noise": [{}, {"guess": "wave", **REVEALED}],
    "order_on_a_line": [{}, {"guess": "random", **REVEALED}],
    "distance": [{}, {"place": 9}, {"way": "phase", "place": 7, "steps": 1, "task": 1}],
    "more_steps": [{}, {"guess": "one", **REVEALED}],
    "more_points": [{}, {"shots": 50, "steps": 100}, {"shape": "sine", "steps": 1}],
    "overtaken": [{}, {"guess": 6, **REVEALED}],
    "how_many_waves": [{}, {"fresh": 20, "fixed": 100, **REVEALED}],
    "who_sorts_best": [{}, {"guess": "five", **REVEALED}],
    "what_it_lacks": [{}, {"guess": "languages", **REVEALED}],
    "word_task": [{}, {"task": "far apart", "word": 6, "shots": 20, "idf": True}],
    "shuffled_labels": [{"before": 30}, {"before": 20, "after": 40, **REVEALED}],
    "frozen_layers": [{}, {"head": 55, "body": 80, **REVEALED}],
    "strong_baseline": [{}, {"strong": 75, **REVEALED}],
    "few_shot_pictures": [
        {},
        {"steps": 1, "shots": 3, "chosen": 4, "new": 2},
        {"script": "Hebrew", "method": "random", "steps": 3, "transductive": False},
        {"steps": 3, "own": ((0, VEE),)},
    ],
    "which_layer": [{}, {"guess": "head", **REVEALED}],
    "layer_steps": [
        {},
        {"second": 0.0, "head": 0.0},
        {"first": 0.0, "second": 0.03, "head": 0.03, "steps": 5, "task": 34},
        {"phi": "transfer", "steps": 3, "task": 12},
    ],
    "turn_round": [{}, {"inner_lr": 0.2, **REVEALED}],
    "five_arrows": [
        {},
        {"a": 3.0, "p": 0.8, "inner_lr": 0.1, "steps": 3, "tasks": 4},
        {"a": 4.0, "p": 0.6, "inner_lr": 0.2, "tasks": 1},
    ],
    "race": [{}, {"meta_steps": 25}, {"meta_steps": 40, "start": "tall wave", "inner_lr": 0.05}],
    "who_wins": [{}, {"guess": "maml", **REVEALED}],
    "reptile_rests": [{}, {"a_1": 1.0, "p_1": 2.4, "a_100": 4.0, "p_100": 0.8}],
    "your_points": [
        {"shots": 5},
        {"shape": "line", "shots": 20, "steps": 10, "also": True},
        {"shape": "triangle", "shots": 5, "point1": (("triangle", 0), 0.0, 3.0)},
    ],
    "twenty_points": [{}, {"guess": "better", **REVEALED}],
    "fifty_on_a_line": [{"guess": 1.0}, {"guess": 0.1, **REVEALED}],
    "one_layer": [{}, {"query": -1.0, "alpha": 0.5, "scale": 1.5}],
    "found_step": [{}, {"guess": 0.5, **REVEALED}],
}
