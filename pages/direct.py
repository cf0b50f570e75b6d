"""Many to many, direct: a word for every frame, as it arrives."""

from seqviz.ui import data, examples, lesson, settings
from seqviz.ui.stage import stage

lesson.opening(
    "Many to many, direct",
    "Frame by frame, or word by word: for each that goes in, the moment it arrives, a description comes out.",
)
source = data.choose(
    {
        "clips": "Clips of moving shapes",
        "tags": "Words and their parts of speech",
        "own-tags": "Your own tagged sentences",
    }
)
config = settings.settings(source.task, (*settings.NETWORK, "bidirectional", *settings.TRAINING), source.digest)
example = examples.example(config)
stage(config, example, ("graph", "learning", "hidden", "gradient", "readout", "influence", "answers"))

lesson.equation(config, "the probability of each description")
lesson.points(
    "What to look for",
    "Every step has its own loss, and each loss sends its own gradient back. The triangle shows them apart: one row "
    "for each loss, one column for each hidden state that it reaches.",
    "The triangle is empty to the right of its diagonal: an output cannot use what has not arrived yet. Only with "
    "*Read in both directions*, where a second chain comes from the end, is there anything.",
    "One frame alone does not say which way a thing moves, and one word alone not always what part of speech it is. "
    "The dashed line is what can be done without memory: a classifier that sees each frame by itself, or for each word "
    "its commonest tag.",
)
lesson.try_this(
    "Take the part-of-speech tags and the example whose first word only becomes clear later. Train, look at that word, "
    "then switch on *Read in both directions* and train again."
)
lesson.check_yourself(
    "Video captioning also exists as a delayed wiring (S2VT, Venugopalan et al. 2015), which watches the whole video "
    "before it writes. What does the direct wiring gain, and what does it give up?",
    "It can speak at once, while the video is still running. It gives up everything that only later frames reveal, and "
    "it must give exactly one output for each input. In LRCN (Donahue et al. 2015), the network that names the action "
    "in every frame is of the direct kind.",
)
