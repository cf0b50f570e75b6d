"""Generated text: a network that has learned which letter follows makes up names of its own."""

from seqviz.ui import data, examples, lesson, settings, writing
from seqviz.ui.stage import stage

lesson.opening(
    "Generated text",
    "A network that knows which letter may come next can write by itself: what it draws is what it reads next.",
)
source = data.choose({"towns": "Towns of four countries", "own-names": "Your own list"})
config = settings.settings(source.task, (*settings.NETWORK, *settings.TRAINING, "teacher_forcing"), source.digest)
example = examples.example(config)
stage(
    config,
    example,
    ("graph", "learning", "hidden", "gradient", "drawn", "sentences", "beam"),
    look=writing.look(),
)

lesson.equation(config, "the probability of each next letter")
lesson.formula(
    (r"p_\tau = \mathrm{softmax}\!\left(\frac{o^{(t)}}{\tau}\right)",),
    "τ is the *temperature* in the sidebar under *Writing*. Below 1 the probable letters become more probable still, "
    "above 1 the improbable ones get a chance. At 0 it would always be the best letter.",
)
lesson.points(
    "What to look for",
    "It is the wiring of *one to many*: the kind of name goes in once. While it learns, each step reads the true "
    "letter before (*teacher forcing*), so one name is as many small questions as it has letters.",
    "In the first seconds it learns which letters are common, then which follow each other, then how names of a kind "
    "end: with the built-in towns *-burg*, *-ton*, *-ville*, *-ano*.",
    "Then the loss on kept-back names rises again, for the built-in towns from about update 200: it learns the list by "
    "heart, and more and more of what it writes has a = before it. The best writer is not the one with the lowest "
    "training loss.",
)
lesson.try_this(
    "Train to about update 200 and pause. Move the temperature from 0.2 to 2. Where do the names become dull, where "
    "unpronounceable? Then train on to update 1,000 and look at the same temperatures again."
)
lesson.check_yourself(
    "Of a town that it has never seen, the network foretells little more than a third of the letters. Why could no "
    "network foretell all of them?",
    "Because a name does not follow from its beginning: after *ha* come Hagen, Halle, Hamburg. The best that can be "
    "learned is how probable each letter is, and that is what makes drawing from it worthwhile.",
)
