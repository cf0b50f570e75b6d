"""Many to many, delayed: an English sentence is read to its end, then the German one is written."""

from seqviz.ui import data, examples, lesson, settings, writing
from seqviz.ui.stage import stage

lesson.opening(
    "Many to many, delayed",
    "An English sentence is read to its end. Only then is the German one written, word by word.",
)
source = data.choose({"translation": "English to German", "own-pairs": "Your own sentence pairs"})
config = settings.settings(
    source.task,
    (*settings.NETWORK, "attention", "reverse", *settings.TRAINING, "teacher_forcing"),
    source.digest,
)
example = examples.example(config)
stage(
    config,
    example,
    (
        *("graph", "learning", "hidden", "gradient", "influence"),
        *(("attention",) if config.attention else ()),
        *("answers", "groups", "sentences", "beam"),
    ),
    look=writing.look(),
)

german = source.task == "translation"
lesson.equation(config, f"the probability of each next {'German ' if german else ''}word")
if german:
    lesson.section(
        "The same sentences, word for word",
        "Here the direct wiring learns from the same pairs: a German word out for each English word in, as it is read. "
        "The German sentence may be longer, so some steps follow that read only <eos>, the mark of the end. "
        "In the table, the dictionary's answers stand beside it. Train both and compare the sentences whose words "
        "change places.",
    )
    direct = settings.beside("translation-direct", config)
    stage(direct, example, ("graph", "learning", "answers"), key="direct")
lesson.points(
    "What to look for",
    "The first network, the encoder, writes nothing. All that the second one, the decoder, gets to know of the "
    "sentence without attention is the encoder's last state. Each of the two has weights of its own.",
    "While it trains, and in the picture above, the decoder reads the *true* word before (*teacher forcing*, Williams "
    "& Zipser 1989). In the tables it reads its own, so one mistake can mislead all that follow. <eos> is how it says "
    "that the sentence has ended. The held-out score is of its own words too, so part of the gap between the two "
    "scores is this, not learning by heart.",
    "Of the sentences kept back, *exact match* counts those that are right word for word; *BLEU* (Papineni "
    "et al. 2002) says from 0 to 100 how many runs of one to four words they share with the right ones.",
    "German puts the verb second, or last after *because*. Translating word for word, as with a dictionary, must fail "
    "there.",
    "The gradient of every German word has to pass through that one state to reach an English word. "
    "*Attention* opens a second way.",
    "In another drawing of this wiring the first output already stands on the last input step. Here a separate decoder "
    "starts from the mark <bos>, as in Sutskever et al. (2014).",
)
lesson.try_this(
    "Train once as it is. Then switch on *Read the source backwards* and train again with the same seed: the first "
    "words of both sentences come closer together. Does it learn faster here?"
)
lesson.try_this(
    "How much do long sentences suffer? Train for some seconds, and note what *Which sentences it gets right* says of "
    "the shortest and of the longest ones. Then switch on *Attention* and train as long again: which of the two gains "
    "more?"
)
lesson.check_yourself(
    "Why not let the network write a German word for each English word as it reads?",
    "Because grammar orders the words differently: the word needed second may be the last one read. The network would "
    "have to say it before it has seen it. With *English to German*, the direct wiring further up shows how far that "
    "gets.",
)
