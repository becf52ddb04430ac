"""JAX: fifty meta-steps in one compiled call, by `lax.scan`."""

from benchmarks.peers import with_jax
from benchmarks.peers.with_jax import jax

IN_ONE = 50


class Peer(with_jax.Peer):
    """Values come after the whole call; nothing can be seen or stopped in between."""

    def __init__(self, setting, phi, batch):
        super().__init__(setting, phi, batch)
        step = with_jax.adam_step(setting)
        self.scan = jax.jit(
            lambda state, batch: jax.lax.scan(
                lambda state, _: step(state, batch), state, None, length=IN_ONE
            )
        )

    def steps(self, n):
        """Take n meta-steps, rounded up to whole calls."""
        for _ in range(-(-n // IN_ONE)):
            self.state, values = self.scan(self.state, self.batch)
            values.tolist()

    def train(self, n):
        """Take n meta-steps on fresh tasks, drawn in the same compiled function."""
        step = with_jax.adam_step(self.setting)

        @jax.jit
        def fresh(state, keys):
            return jax.lax.scan(
                lambda state, key: step(state, with_jax.draw(self.setting, key)), state, keys
            )

        key = jax.random.key(0)
        for _ in range(-(-n // IN_ONE)):
            key, now = jax.random.split(key)
            self.state, values = fresh(self.state, jax.random.split(now, IN_ONE))
            values.tolist()
