"""The network written a second time, as plainly as its equations: NumPy, float64, one example, one step at a time.

Whatever the real network computes in batches, packed, fused or through autograd is held against this. Any value on
the way can be nudged, so that its gradient follows from two runs by a central difference.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from seqviz.core.topology import Emits, Reads


def logistic(a):
    return 1 / (1 + np.exp(-a))


def elman(activation):
    def step(w, x, h, c, at):
        return at("hidden", activation(w["xh"] @ x + w["bx"] + at("recurrent", w["hh"] @ h + w["bh"]))), c

    return step


def gru(w, x, h, c, at):
    size = len(h)
    from_x = w["xh"] @ x + w["bx"]
    from_h = at("recurrent", w["hh"] @ h + w["bh"])
    r = logistic(from_x[:size] + from_h[:size])
    z = logistic(from_x[size : 2 * size] + from_h[size : 2 * size])
    n = np.tanh(from_x[2 * size :] + r * from_h[2 * size :])
    return at("hidden", (1 - z) * n + z * h), c


def lstm(w, x, h, c, at):
    size = len(h)
    a = w["xh"] @ x + w["bx"] + at("recurrent", w["hh"] @ h + w["bh"])
    i, f, o = logistic(a[:size]), logistic(a[size : 2 * size]), logistic(a[3 * size :])
    c = at("cell", f * c + i * np.tanh(a[2 * size : 3 * size]))
    return at("hidden", o * np.tanh(c)), c


STEPS = {
    "elman": elman(np.tanh),
    "elman-relu": elman(lambda a: np.maximum(a, 0)),
    "elman-linear": elman(lambda a: a),
    "gru": gru,
    "lstm": lstm,
}


@dataclass
class Outcome:
    """What one example's forward pass gave; hidden and cell by (segment, layer, backward, position)."""

    logits: np.ndarray
    vectors: list
    hidden: dict = field(default_factory=dict)
    cell: dict = field(default_factory=dict)
    attention: np.ndarray | None = None
    maps: list = field(default_factory=list)

    def losses(self, targets):
        """-ln p of each target that is one."""
        counted = np.flatnonzero(targets >= 0)
        chosen = self.logits[counted]
        top = chosen.max(axis=1, keepdims=True)
        log_p = chosen - top - np.log(np.exp(chosen - top).sum(axis=1, keepdims=True))
        return -log_p[np.arange(len(counted)), targets[counted]]


class Reference:
    def __init__(self, config, topology, weights):
        self.config, self.topology = config, topology
        self.weights = {name: np.asarray(value, dtype=np.float64) for name, value in weights.items()}

    def run(self, inputs, previous=(), nudge=None):
        """One example; `previous` is what its writing steps read. `nudge` adds to the values it names."""
        nudge = nudge or {}
        inputs = inputs[::-1] if self.config.reverse else inputs
        outcome = Outcome(np.zeros(0), [])
        read = self._read(inputs, nudge, outcome)
        states, memory, logits = None, None, []
        for number, segment in enumerate(self.topology.segments):
            xs = read if segment.reads is Reads.INPUT else [self.weights["words.weight"][word] for word in previous]
            if segment.input_first:
                xs = [read[0], *xs[1:]]
            offset = len(outcome.vectors)
            xs = [x + nudge.get(("vector", offset + t), 0) for t, x in enumerate(xs)]
            outcome.vectors += xs
            outputs, states = self._segment(number, xs, states, nudge, outcome)
            features = []
            if segment.emits is Emits.EACH:
                features = outputs
            elif segment.emits is Emits.LAST:
                size = self.config.hidden
                features = [np.concatenate([outputs[-1][:size], outputs[0][size:]])]
            if features and memory is not None and self.config.attention:
                features = self._attend(features, memory, outcome)
            logits += [self.weights["head.weight"] @ f + self.weights["head.bias"] for f in features]
            memory = outputs
        outcome.logits = np.array(logits)
        return outcome

    def _read(self, inputs, nudge, outcome):
        w = self.weights
        if inputs.ndim == 1:
            return [w["reader.table.weight"][word] for word in inputs]
        if inputs.ndim == 2:
            return [w["reader.linear.weight"] @ x + w["reader.linear.bias"] for x in inputs]
        vectors, firsts, seconds = [], [], []
        for place, picture in enumerate(inputs.astype(np.float64)):
            picture = normalised(picture.ravel(), 1, 0).reshape(picture.shape)  # noqa: PLW2901
            first = np.maximum(convolve(picture, w["reader.first.weight"], w["reader.first.bias"]), 0)
            first = first + nudge.get(("map", 0, place), 0)
            second = np.maximum(convolve(pool(first), w["reader.second.weight"], w["reader.second.bias"]), 0)
            second = second + nudge.get(("map", 1, place), 0)
            vector = w["reader.linear.weight"] @ pool(second).ravel() + w["reader.linear.bias"]
            vectors.append(normalised(vector, w["reader.norm.weight"], w["reader.norm.bias"]))
            firsts.append(first)
            seconds.append(second)
        outcome.maps = [np.array(firsts), np.array(seconds)]
        return vectors

    def _segment(self, number, xs, before, nudge, outcome):
        config, finals = self.config, []
        directions = (False, True) if config.bidirectional else (False,)
        for layer in range(config.layers):
            if layer and config.layer_norm:
                norm = f"stacks.{number}.norms.{layer - 1}"
                xs = [normalised(x, self.weights[f"{norm}.weight"], self.weights[f"{norm}.bias"]) for x in xs]
            sides = []
            for backward in directions:
                row = layer * len(directions) + backward
                core = f"stacks.{number}.cores.{row}"
                names = {"xh": "weight_ih_l0", "hh": "weight_hh_l0", "bx": "bias_ih_l0", "bh": "bias_hh_l0"}
                w = {short: self.weights[f"{core}.{name}"] for short, name in names.items()}
                zeros = np.zeros(config.hidden)
                h, c = before[layer] if before and not backward else (zeros, zeros)
                outputs = [zeros] * len(xs)
                for t in reversed(range(len(xs))) if backward else range(len(xs)):
                    where = (number, layer, backward, t)
                    h, c = STEPS[config.cell](
                        w, xs[t], h, c, lambda kind, value, where=where: value + nudge.get((kind, *where), 0)
                    )
                    outcome.hidden[where], outcome.cell[where], outputs[t] = h, c, h
                sides.append(outputs)
                if not backward:
                    finals.append((h, c))
            xs = [np.concatenate(both) for both in zip(*sides, strict=True)]
        return xs, finals

    def _attend(self, features, memory, outcome):
        keys = [self.weights["attention.score.weight"] @ m for m in memory]
        rows, attended = [], []
        for feature in features:
            scores = np.exp([feature @ key for key in keys])
            rows.append(scores / scores.sum())
            context = sum(share * m for share, m in zip(rows[-1], memory, strict=True))
            attended.append(np.concatenate([feature, context]))
        outcome.attention = np.array(rows)
        return attended


def normalised(x, weight, bias):
    return (x - x.mean()) / np.sqrt(x.var() + 1e-5) * weight + bias


def convolve(picture, weight, bias):
    padded = np.pad(picture, ((0, 0), (1, 1), (1, 1)))
    windows = sliding_window_view(padded, (3, 3), axis=(1, 2))
    return np.einsum("chwij,ocij->ohw", windows, weight) + bias[:, None, None]


def pool(maps):
    height, width = maps.shape[1] // 2, maps.shape[2] // 2
    return maps[:, : 2 * height, : 2 * width].reshape(-1, height, 2, width, 2).max(axis=(2, 4))


def previous_words(targets, begin):
    """What writing steps read while the true words are given: the word before, `begin` before the first."""
    return [begin, *targets[:-1]]
