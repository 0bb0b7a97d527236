"""hazm: the oldest Persian toolkit."""

from hazm import Normalizer, SentenceTokenizer, WordTokenizer
