"""One to many: a picture goes in once, a caption comes out word by word."""

from seqviz.ui import data, examples, lesson, settings, writing
from seqviz.ui.stage import stage

lesson.opening(
    "One to many",
    "One picture goes in, once. A sentence comes out, word by word, until the network itself says that it has ended.",
)
source = data.choose(
    {"scenes": "Drawn scenes", "digits": "Handwritten digits", "own-captions": "Your own pictures with captions"}
)
config = settings.settings(source.task, (*settings.NETWORK, *settings.TRAINING, "teacher_forcing"), source.digest)
example = examples.example(config)
stage(
    config,
    example,
    ("graph", "learning", "hidden", "gradient", "influence", "picture", "answers", "sentences", "beam"),
    look=writing.look(),
)

lesson.equation(config, "the probability of each next word")
lesson.points(
    "What to look for",
    "Two networks are joined. A small convolutional network (CNN) turns the picture into one vector; the recurrent "
    "network reads that vector at its first step and never sees the picture again.",
    "Every later word rides on two things: the hidden state, and the word before it, which is fed back in. While it "
    "trains, and in the picture above, that is the *true* word (*teacher forcing*, Williams & Zipser 1989). When it "
    "writes by itself it is its own, so one mistake can mislead all that follow (*exposure bias*). "
    "With *Teacher forcing* below 1 it learns from both (as in *scheduled sampling*, Bengio et al. 2015).",
    "In training the score is of words after true ones; held out, the network writes by itself. So part of the gap "
    "between the two is this, not learning by heart.",
    "*<eos>* is how the network says that the sentence has ended.",
    "Each word has its own loss. All their gradients flow back through the hidden states into the one picture.",
)
if source.task == "scenes":
    lesson.try_this(
        "Train until most captions are right. The held-out scenes put two coloured shapes together that no training "
        "picture shows together. Are the captions right all the same? They can be: the network has learned each word "
        "by itself."
    )
lesson.check_yourself(
    "The picture is shown at the first step only. How can the last word still depend on it?",
    "Through the hidden state: it is carried from step to step. What the state loses on the way, no later word "
    "can say.",
)
