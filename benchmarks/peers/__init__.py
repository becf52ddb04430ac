"""Other libraries beside the core, one file each, on the same tasks: ``make benchmark``.

Every peer is a class `Peer(setting, phi, batch)` with `gradient()`, the meta-gradient at phi, and
`steps(n)`, which takes n meta-steps with Adam on that batch. phi and batch are NumPy's arrays.
"""
