"""Attention: each step of the writer looks back at all states of the reader (Luong, Pham & Manning 2015, sec. 3.1)."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn


class Attention(nn.Module):
    """Scores h_tᵀ W s for every reader state s, and adds their weighted mean, the context, to what the writer knows."""

    def __init__(self, hidden: int, memory: int) -> None:
        super().__init__()
        self.score = nn.Linear(memory, hidden, bias=False)

    def forward(
        self,
        states: Float[Tensor, "batch outputs hidden"],
        memory: Float[Tensor, "batch inputs memory"],
        valid: Bool[Tensor, "batch inputs"],
    ) -> tuple[Float[Tensor, "batch outputs both"], Float[Tensor, "batch outputs inputs"]]:
        """States with their contexts behind them, and the weights, which sum to 1 over the valid inputs."""
        scores = states @ self.score(memory).transpose(1, 2)
        weights = scores.masked_fill(~valid[:, None, :], float("-inf")).softmax(dim=-1)
        return torch.cat([states, weights @ memory], dim=-1), weights
