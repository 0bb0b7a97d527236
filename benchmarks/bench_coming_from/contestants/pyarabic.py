"""pyarabic: Arabic letters, words and numbers."""

from pyarabic import araby, trans
