"""Other libraries beside the core, one file each, on the same tasks: ``make benchmark``.

Every peer is a class `Peer(setting, phi, batch)` with `gradient()`, the meta-gradient at phi, and
`steps(n)`, which takes n meta-steps with Adam on that batch. phi and batch are NumPy's arrays.
"""


def table() -> str:
    """Measure all of them, and write page, picture and numbers of docs/performance."""
    from benchmarks.peers import page, race

    page.keep(race.measure())
    return page.write()
