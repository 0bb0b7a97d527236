"""Train the net of concepts, which knows what words are about beside each other.

Comes in: examples with their labels. Goes out: the weights of one hidden layer over what a passage means, what stands
above it, and its page. Beside the linear models it adds what no sum of words can: that one word matters only where
another is, and what the page as a whole speaks of.
"""

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags_array, hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from socialtext.classify._meanings import MeaningTable
from socialtext.classify.features import iter_meanings
from socialtext.classify.themes import build_net, number_texts
from socialtext.concepts import load_concepts
from socialtext.cues import WORD_RE
from socialtext.models import NetModel, round_weights
from socialtext.training.linear import inverse_frequency, stack_rows
from socialtext.types import LANGUAGES

# A concept must occur in so many examples; by cross-validation on the corpora, level from 8 to 20.
MIN_EXAMPLES: Final = 10
# Hidden units: half as many lose 0.2 points of macro-F1 by cross-validation, twice as many gain 0.1.
N_HIDDEN: Final = 64
# What the bags of what stands above a passage and of its page count beside its own; by cross-validation on the corpora,
# level from 0.3 to 0.5.
SURROUNDINGS: Final = 0.5
# The penalty of squared weights, how often the examples are gone through, in steps of how many at what rate; by
# cross-validation on the corpora.
PENALTY: Final = 0.01
N_ROUNDS: Final = 12
BATCH_SIZE: Final = 256
RATE: Final = 0.002


class NetInput(NamedTuple):
    """What the net reads of an example, folded; `above` is empty where nothing stands above it.

    Only of the examples of pages `above` is read: what stands alone has nothing above it.
    """

    lang: str
    folded: str
    above: str


def fit_net(examples: Sequence[NetInput], pages: Sequence[Sequence[int]], targets: npt.NDArray[np.bool_]) -> NetModel:
    """Fit the net.

    Parameters
    ----------
    examples : sequence of NetInput
    pages : sequence of sequences of int
        Indices of the examples of each document; others stand alone.
    targets : bool array, shape (n_examples, n_themes)
    """
    empty = _find_concepts(examples)
    tables = {lang: build_net(lang, empty) for lang in LANGUAGES}
    own = _build_bags([(example.lang, example.folded) for example in examples], tables, empty)
    on_pages = {at for page in pages for at in page}
    above = _build_bags(
        [(example.lang, example.above if at in on_pages else "") for at, example in enumerate(examples)], tables, empty
    )
    inputs = hstack([own, SURROUNDINGS * above, SURROUNDINGS * _add_up(own, pages)]).tocsr()
    net = MLPClassifier(
        (N_HIDDEN,),
        alpha=PENALTY,
        max_iter=N_ROUNDS,
        batch_size=BATCH_SIZE,
        learning_rate_init=RATE,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it is stopped on purpose
        net.fit(inputs, targets)
    parts = (
        net.coefs_[0].reshape(3, len(empty.concepts), N_HIDDEN)
        * np.array([1.0, SURROUNDINGS, SURROUNDINGS])[:, None, None]
    )
    return NetModel(
        empty.concepts,
        empty.idf,
        round_weights(parts),  # predict with what will be released
        *(values.astype(np.float32) for values in (net.intercepts_[0], net.coefs_[1], net.intercepts_[1])),
    )


def score_pages(net: NetModel, examples: Sequence[NetInput], pages: Sequence[Sequence[int]]) -> npt.NDArray[np.float64]:
    """Return the margins of examples on their pages, shape (n_examples, n_themes); 0 for one that stands on none."""
    margins = np.zeros((len(examples), net.output.shape[1]))
    tables = {lang: build_net(lang, net) for lang in LANGUAGES}
    for page in pages:
        here = [examples[at] for at in page]
        above, above_rows = number_texts([example.above for example in here])
        margins[page] = tables[here[0].lang].margins_of_page([example.folded for example in here], above, above_rows)
    return margins


def score_alone(net: NetModel, examples: Sequence[NetInput]) -> npt.NDArray[np.float64]:
    """Return the margins of examples by their own words, shape (n_examples, n_themes)."""
    margins = np.zeros((len(examples), net.output.shape[1]))
    for lang in LANGUAGES:
        here = [at for at, example in enumerate(examples) if example.lang == lang]
        margins[here] = build_net(lang, net).margins([examples[at].folded for at in here])
    return margins


def _find_concepts(examples: Sequence[NetInput]) -> NetModel:
    """Return a net without hidden units: the concepts that occur often enough, and what each is worth."""
    counts: Counter[str] = Counter()
    for example in examples:
        concepts = load_concepts(example.lang)
        counts.update({name for word in set(WORD_RE.findall(example.folded)) for name in iter_meanings(word, concepts)})
    names = tuple(sorted(name for name, count in counts.items() if count >= MIN_EXAMPLES))
    idf = np.array([inverse_frequency(counts[name], len(examples)) for name in names])
    nothing = np.zeros(0, np.float32)
    # What is released is float16: fit with the values that prediction will have.
    idf = idf.astype(np.float16).astype(np.float32)
    return NetModel(
        names, idf, np.zeros((3, len(names), 0), np.float32), nothing, np.zeros((0, 0), np.float32), nothing
    )


def _build_bags(
    texts: Sequence[tuple[str, str]], tables: Mapping[str, MeaningTable], net: NetModel
) -> "csr_matrix[np.float32]":
    return stack_rows((tables[lang].vectorize(folded) for lang, folded in texts), len(net.concepts), np.float32)


def _add_up(bags: "csr_matrix[np.float32]", pages: Sequence[Sequence[int]]) -> "csr_matrix[np.float32]":
    """Return for each example the sum of the bags of its page, of length 1; nothing for one that stands alone."""
    rows = [number for number, page in enumerate(pages) for _ in page]
    columns = [at for page in pages for at in page]
    on_page = csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=(len(pages), bags.shape[0]))
    sums: Any = on_page @ bags
    lengths = np.sqrt(np.asarray(sums.multiply(sums).sum(axis=1)).ravel())
    lengths[lengths == 0.0] = 1.0
    return csr_matrix(on_page.T @ (diags_array(1.0 / lengths) @ sums), dtype=np.float32)
