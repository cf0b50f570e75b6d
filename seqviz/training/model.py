"""From a `Run`'s weights to a network that can compute, and back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import torch
from torch import nn

from seqviz.core.config import RunConfig
from seqviz.core.records import Run, freeze
from seqviz.networks.network import Network
from seqviz.tasks import task_of


def network_of(config: RunConfig) -> Network:
    """The network that `config` describes, as it is at the start.

    Raises ValueError where the task's topology does not allow what is asked for, KeyError for an unknown key.
    """
    task = task_of(config)
    # The initial weights follow from the seed, without touching the random numbers of anyone else.
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(config.seed)
        return Network(config, task.topology, task.reads, len(task.writes))


@lru_cache(maxsize=8)
def _shell(config: RunConfig) -> tuple[Network, Mapping[str, nn.Parameter]]:
    """A network to be loaded again and again, and its parameters: to look for them takes longer than to fill them."""
    network = network_of(config)
    return network, dict(network.named_parameters())


def loaded(run: Run) -> Network:
    """The network of `run` with its weights, in evaluation mode. It is shared: valid until the next call."""
    network, parameters = _shell(run.config.network)
    for name, parameter in parameters.items():
        np.copyto(parameter.detach().numpy(), run.weights[name])
        parameter.grad = None
    return network.eval() if network.training else network


def weights_of(network: Network) -> Mapping[str, np.ndarray]:
    """A copy of every parameter by name, read-only."""
    weights = {name: parameter.detach().numpy().copy() for name, parameter in network.named_parameters()}
    freeze(*weights.values())
    return weights
