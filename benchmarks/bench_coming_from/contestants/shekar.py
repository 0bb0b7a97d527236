"""shekar: a Persian toolkit."""

from shekar import Normalizer, SentenceTokenizer
from shekar.preprocessing import DigitNormalizer
