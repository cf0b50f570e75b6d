"""Many to one: a review is read word by word, and one verdict comes out."""

from seqviz.ui import data, examples, lesson, settings
from seqviz.ui.stage import stage

lesson.opening(
    "Many to one",
    "A film review is read word by word. After the last word, and only then, one verdict comes out: "
    "positive or negative?",
)
source = data.choose({"reviews": "Short film reviews", "own-texts": "Your own texts"})
config = settings.settings(source.task, (*settings.NETWORK, "bidirectional", *settings.TRAINING), source.digest)
example = examples.example(config)
stage(config, example, ("graph", "learning", "hidden", "gradient", "readout", "answers"))

lesson.equation(config, "the probability of each verdict")
lesson.points(
    "What to look for",
    "Only the last hidden state feeds the output. So the whole gradient enters at the last step and has to travel "
    "back, step by step, to the first word. Watch how much of it arrives there. With *Read in both directions* a "
    "second chain reads from the end, and its last state, at the first word, feeds the output too.",
    "*The verdict after each step* shows what the network would say if the review stopped there. Watch it turn at "
    "*not*, at *but*, and at the word that they belong to.",
    "The dashed line in *learning* is what always giving the more frequent verdict would reach. "
    "A network that has learned nothing stays on it.",
)
lesson.try_this(
    "Choose the cell *Elman, tanh*, press **Train** and wait until the curves are flat. Then do the same with *GRU*, "
    "with the same seed. Which sentences does the plain cell get wrong? Look at the gradient at their first words."
)
lesson.check_yourself(
    "Only the verdict after the last word is compared with the right one, yet the states of the first words change too "
    "while the network learns. What tells them how to change?",
    "The gradient of the one loss. It enters at the last hidden state, and each step hands it back through W_hh to the "
    "step before (backpropagation through time). What arrives at a word says how the loss would change with that "
    "word's state. If little arrives, little is learned about that word.",
)
