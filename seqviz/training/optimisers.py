"""PyTorch's optimisers with their state kept in a `Run`, as NumPy arrays by parameter name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch.optim import SGD, Adam, Optimizer

from seqviz.core.config import RunConfig
from seqviz.core.records import freeze
from seqviz.networks.network import Network

State = Mapping[str, Mapping[str, np.ndarray]]


def optimiser_of(network: Network, config: RunConfig, state: State) -> Optimizer:
    """The optimiser that `config` names, going on from `state`."""
    optimiser: Optimizer
    if config.optimiser == "adam":
        optimiser = Adam(network.parameters(), lr=config.learning_rate)
    else:
        momentum = 0.9 if config.optimiser == "momentum" else 0.0
        optimiser = SGD(network.parameters(), lr=config.learning_rate, momentum=momentum)
    for name, parameter in network.named_parameters():
        if name in state:
            optimiser.state[parameter] = {key: torch.from_numpy(value.copy()) for key, value in state[name].items()}
    return optimiser


def state_of(network: Network, optimiser: Optimizer) -> State:
    """A read-only copy of what the optimiser remembers."""
    state: dict[str, dict[str, np.ndarray]] = {}
    for name, parameter in network.named_parameters():
        kept = {
            key: value.detach().numpy().copy()
            for key, value in optimiser.state[parameter].items()
            if isinstance(value, torch.Tensor)
        }
        freeze(*kept.values())
        if kept:
            state[name] = kept
    return state


def clip(network: Network, config: RunConfig) -> float:
    """Clips the gradient as `config` says; returns its norm before (Pascanu, Mikolov & Bengio 2013, sec. 3.2)."""
    limit = config.clip if config.clip and config.clip_by == "norm" else float("inf")
    norm = torch.nn.utils.clip_grad_norm_(network.parameters(), limit)
    if config.clip and config.clip_by == "value":
        torch.nn.utils.clip_grad_value_(network.parameters(), config.clip)
    return float(norm)
