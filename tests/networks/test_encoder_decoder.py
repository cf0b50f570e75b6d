"""The delayed network against an encoder–decoder put together from PyTorch's own modules."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from seqviz.core.task import IGNORE, collate
from seqviz.networks.network import mean_loss
from seqviz.tasks import task_of
from tests.toy import build, small


class EncoderDecoder(nn.Module):
    """Sutskever et al. (2014), with the attention of Luong et al. (2015), "general", if asked for."""

    def __init__(self, source, target, embedding, hidden, layers, attention):
        super().__init__()
        self.source = nn.Embedding(source, embedding, padding_idx=0)
        self.target = nn.Embedding(target + 1, embedding)
        self.encoder = nn.GRU(embedding, hidden, num_layers=layers, batch_first=True)
        self.decoder = nn.GRU(embedding, hidden, num_layers=layers, batch_first=True)
        self.general = nn.Parameter(torch.zeros(hidden, hidden)) if attention else None
        self.out = nn.Linear(2 * hidden if attention else hidden, target)

    def forward(self, inputs, lengths, targets):
        packed = pack_padded_sequence(self.source(inputs), lengths, batch_first=True, enforce_sorted=False)
        states, last = self.encoder(packed)
        begin = torch.full_like(targets[:, :1], self.target.num_embeddings - 1)
        read = torch.cat([begin, targets[:, :-1]], dim=1).clamp(min=0)
        written, _ = self.decoder(self.target(read), last)
        if self.general is not None:
            memory, _ = pad_packed_sequence(states, batch_first=True)
            scores = torch.einsum("bth,hk,bsk->bts", written, self.general, memory)
            contexts = []
            for row, length in enumerate(lengths):
                shares = nn.functional.softmax(scores[row, :, :length], dim=-1)
                contexts.append(shares @ memory[row, :length])
            written = torch.cat([written, torch.stack(contexts)], dim=-1)
        return self.out(written)


def partners(network, other, layers):
    """Each parameter of the network with the one that plays its part in the other."""
    yield "reader.table.weight", other.source.weight
    yield "words.weight", other.target.weight
    for number, module in enumerate((other.encoder, other.decoder)):
        for layer in range(layers):
            for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                yield f"stacks.{number}.cores.{layer}.{kind}_l0", getattr(module, f"{kind}_l{layer}")
    if other.general is not None:
        yield "attention.score.weight", other.general
    yield "head.weight", other.out.weight
    yield "head.bias", other.out.bias


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("attention", [False, True])
def test_outputs_loss_and_gradients_are_those_of_pytorchs_modules(attention, layers):
    config = small("delayed", cell="gru", layers=layers, attention=attention, hidden=5)
    network = build(config).double()
    batch = collate(task_of(config).train[:6])
    assert len(set(batch.input_lengths.tolist())) > 1
    feed = network.feed(batch)
    other = EncoderDecoder(4, 4, 3, 5, layers, attention).double()
    pairs = dict(partners(network, other, layers))
    mine = dict(network.named_parameters())
    assert pairs.keys() == mine.keys()
    with torch.no_grad():
        for name, parameter in pairs.items():
            parameter.copy_(mine[name])

    logits, wanted = network(feed).logits, other(feed.inputs, feed.lengths, feed.targets)
    counted = feed.targets != IGNORE
    torch.testing.assert_close(logits[counted], wanted[counted])
    loss, wanted_loss = mean_loss(logits, feed.targets), nn.functional.nll_loss(
        wanted[counted].log_softmax(dim=-1), feed.targets[counted]
    )  # fmt: skip
    torch.testing.assert_close(loss, wanted_loss)
    loss.backward()
    wanted_loss.backward()
    for name, parameter in pairs.items():
        torch.testing.assert_close(mine[name].grad, parameter.grad, msg=lambda m, name=name: f"{name}: {m}")
        assert parameter.grad.any()
