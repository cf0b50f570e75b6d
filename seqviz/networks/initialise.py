"""How the recurrent weights begin: the library's own way, or one that the literature recommends for long memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from seqviz.core.config import RunConfig

if TYPE_CHECKING:
    from seqviz.networks.network import Network


@torch.no_grad()
def initialise(network: Network, config: RunConfig) -> None:
    """Sets W_hh and the forget bias of every stream as `config` asks; all else keeps PyTorch's initial values.

    Orthogonal: Saxe et al. (2014). Xavier: Glorot & Bengio (2010). Identity: Le, Jaitly & Hinton (2015).
    The forget bias: Gers et al. (2000), Jozefowicz et al. (2015).
    """
    for stack in network.parts:
        for row in range(len(stack.streams)):
            weights = stack.weights(row)
            for block in weights.hidden.chunk(stack.cell.blocks):
                _recurrent(block, config)
            if "forget" in stack.cell.gates:
                place = list(stack.cell.gates).index("forget")
                weights.input_bias.chunk(stack.cell.blocks)[place].add_(config.forget_bias)


def _recurrent(block: Tensor, config: RunConfig) -> None:
    match config.initialisation:
        case "orthogonal":
            nn.init.orthogonal_(block)
        case "xavier":
            nn.init.xavier_uniform_(block)
        case "identity":
            nn.init.eye_(block)
    if config.radius:
        block.mul_(config.radius / torch.linalg.eigvals(block).abs().max())
