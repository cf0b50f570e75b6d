"""`update`: what the run's optimiser would do to the recurrent weights if its next batch were one example."""

from __future__ import annotations

import torch

from seqviz.core.records import Run, Trace, freeze
from seqviz.core.update import Update, WeightChange
from seqviz.networks.network import mean_loss
from seqviz.training.model import loaded, weights_of
from seqviz.training.optimisers import clip, optimiser_of
from seqviz.training.tracing import feed_of


def update(run: Run, traced: Trace) -> Update:
    """The step that follows from the traced example's gradient, with the run's own optimiser, its state and clipping.

    Nothing is dropped on the way, as in the trace. The run itself stays as it is. Where the gradient is not finite,
    neither are the weights after.
    """
    network = loaded(run)
    optimiser = optimiser_of(network, run.config, run.optimiser)
    feed = feed_of(network, traced)
    loss = mean_loss(network(feed, run.config.window).logits, feed.targets)
    loss.backward()  # type: ignore[no-untyped-call]
    found = {
        name: torch.zeros_like(parameter) if parameter.grad is None else parameter.grad.clone()
        for name, parameter in network.named_parameters()
    }
    norm = clip(network, run.config)
    clipped = torch.cat([p.grad.flatten() for p in network.parameters() if p.grad is not None]).norm()
    optimiser.step()
    after = weights_of(network)
    changes = []
    for segment, stack in enumerate(network.parts):
        for row, _ in enumerate(stack.streams):
            name = f"stacks.{segment}.cores.{row}.weight_hh_l0"
            gradient = found[name].numpy()
            freeze(gradient)
            changes.append(WeightChange(segment, row, run.weights[name], gradient, after[name]))
    return Update(norm, float(clipped), tuple(changes))
