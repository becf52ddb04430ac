"""JAX: the meta-gradient and Adam in one function, compiled by `jit`."""

import os

os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import jax.numpy as jnp
import numpy as np


def loss(params, x, y):
    """The mean squared error of one task."""
    x = jax.nn.relu(x @ params["W1"] + params["b1"])
    x = jax.nn.relu(x @ params["W2"] + params["b2"])
    return jnp.mean((x @ params["W3"] + params["b3"] - y) ** 2)


def meta_loss(setting):
    """MAML's objective as a function of phi and a batch."""

    def of_one_task(phi, support_x, support_y, query_x, query_y):
        theta = phi
        for _ in range(setting.steps):
            slope = jax.grad(loss)(theta, support_x, support_y)
            if setting.first_order:
                slope = jax.lax.stop_gradient(slope)
            theta = jax.tree.map(lambda leaf, g: leaf - setting.inner_lr * g, theta, slope)
        return loss(theta, query_x, query_y)

    over_tasks = jax.vmap(of_one_task, (None, 0, 0, 0, 0))
    return lambda phi, batch: over_tasks(phi, *batch).mean()


def adam_step(setting):
    """A meta-step as a function of the state (phi, both moments, count) and a batch."""
    value_and_gradient = jax.value_and_grad(meta_loss(setting))

    def step(state, batch):
        phi, mean, square, count = state
        value, g = value_and_gradient(phi, batch)
        count = count + 1
        mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, g)
        square = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, square, g)
        rate, fair = setting.meta_lr / (1 - 0.9**count), 1 - 0.999**count
        phi = jax.tree.map(
            lambda p, m, v: p - rate * m / (jnp.sqrt(v / fair) + 1e-8), phi, mean, square
        )
        return (phi, mean, square, count), value

    return step


def draw(setting, key):
    """A batch of fresh sinusoid tasks."""
    keys = jax.random.split(key, 4)
    amplitude = jax.random.uniform(keys[0], (setting.tasks, 1, 1), minval=0.1, maxval=5.0)
    phase = jax.random.uniform(keys[1], (setting.tasks, 1, 1), maxval=jnp.pi)
    sets = []
    for key in keys[2:]:
        x = jax.random.uniform(key, (setting.tasks, setting.shots, 1), minval=-5.0, maxval=5.0)
        sets += [x, amplitude * jnp.sin(x - phase)]
    return sets


class Peer:
    """One call of the compiled function a meta-step, whose value is asked for."""

    def __init__(self, setting, phi, batch):
        self.setting, self.batch = setting, [jnp.array(each) for each in batch]
        phi = {name: jnp.array(leaf) for name, leaf in phi.items()}
        zeros = jax.tree.map(jnp.zeros_like, phi)
        self.state = phi, zeros, zeros, jnp.float32(0)
        self.step = jax.jit(adam_step(setting))

    def gradient(self):
        """The meta-gradient."""
        found = jax.grad(meta_loss(self.setting))(self.state[0], self.batch)
        return {name: np.asarray(leaf) for name, leaf in found.items()}

    def steps(self, n):
        """Take n meta-steps."""
        for _ in range(n):
            self.state, value = self.step(self.state, self.batch)
            float(value)

    def train(self, n):
        """Take n meta-steps on fresh tasks, drawn in the same compiled function."""
        step = adam_step(self.setting)

        @jax.jit
        def fresh(state, key):
            key, now = jax.random.split(key)
            return *step(state, draw(self.setting, now)), key

        key = jax.random.key(0)
        for _ in range(n):
            self.state, value, key = fresh(self.state, key)
            float(value)
