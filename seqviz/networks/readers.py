"""What turns an input element into the vector that the cell reads: a word, a picture or a list of numbers."""

from __future__ import annotations

from jaxtyping import Float, Int64
from torch import Tensor, nn

from seqviz.core.task import Images, Numbers, Reading, Tokens

FeatureMaps = tuple[Float[Tensor, "inputs maps height width"], ...]


class WordReader(nn.Module):
    """Looks up a learned vector for each word; padding (index 0) stays a zero vector."""

    def __init__(self, words: int, size: int) -> None:
        super().__init__()
        self.table = nn.Embedding(words, size, padding_idx=0)

    def forward(self, inputs: Int64[Tensor, "batch time"]) -> tuple[Float[Tensor, "batch time size"], FeatureMaps]:
        """The vectors, and no feature maps."""
        return self.table(inputs), ()


class NumberReader(nn.Module):
    """One linear layer from the numbers at a step to the cell's input."""

    def __init__(self, numbers: int, size: int) -> None:
        super().__init__()
        self.linear = nn.Linear(numbers, size)

    def forward(
        self, inputs: Float[Tensor, "batch time numbers"]
    ) -> tuple[Float[Tensor, "batch time size"], FeatureMaps]:
        """The vectors, and no feature maps."""
        return self.linear(inputs), ()


class ImageEncoder(nn.Module):
    """A small CNN: two 3×3 convolutions with ReLU and 2×2 max pooling, then one linear layer.

    The layout is flattened, not averaged away, because where a thing is matters to what is said about it. Each picture
    is first brought to mean 0 and variance 1, and the vector is normalised (Ba, Kiros & Hinton 2016): a bright
    background would otherwise drive every unit of the recurrent cell into saturation at once.
    """

    def __init__(self, images: Images, size: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(images.channels, 16, kernel_size=3, padding=1)
        self.second = nn.Conv2d(16, 32, kernel_size=3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.linear = nn.Linear(32 * (images.height // 4) * (images.width // 4), size)
        self.norm = nn.LayerNorm(size)

    def forward(
        self, inputs: Float[Tensor, "batch time channels height width"]
    ) -> tuple[Float[Tensor, "batch time size"], FeatureMaps]:
        """The vectors, and the two layers' feature maps after ReLU, one row for each picture."""
        batch, time = inputs.shape[:2]
        pictures = inputs.flatten(0, 1)
        first = self.first(nn.functional.layer_norm(pictures, pictures.shape[1:])).relu()
        second = self.second(self.pool(first)).relu()
        vectors = self.norm(self.linear(self.pool(second).flatten(1)))
        return vectors.unflatten(0, (batch, time)), (first, second)


Reader = WordReader | NumberReader | ImageEncoder


def reader_of(reads: Reading, size: int) -> Reader:
    """The module that reads what a task offers, giving vectors of `size`."""
    match reads:
        case Tokens():
            return WordReader(len(reads.vocabulary), size)
        case Numbers():
            return NumberReader(reads.size, size)
        case Images():
            return ImageEncoder(reads, size)
