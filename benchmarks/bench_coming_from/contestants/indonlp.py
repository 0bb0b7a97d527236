"""indoNLP: Indonesian text preprocessing."""

from indoNLP.preprocessing import remove_url, replace_slang, replace_word_elongation
