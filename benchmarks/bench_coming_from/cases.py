"""The calls of other tools beside ours, and the sentences that show where they differ.

``docs/coming-from.md`` has a table of these calls for each tool; a test holds both to each other.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Case:
    """One call of a tool, ours, and the texts that both are run on."""

    theirs: str
    ours: str
    texts: tuple[str, ...]


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "hazm": (
        Case(
            "Normalizer().normalize(text)",
            'st.normalize(text, lang="fa")',
            (
                "رسانههای اجتماعی می شود",
                "کار های بزرگ",
                "در ماه می سال نو",
                "قیمت 1,250 تومان (98%) است",
                "فایل report_2.pdf در http://shop.example.com",
            ),
        ),
        Case(
            "SentenceTokenizer().tokenize(text)",
            '[text[s.start:s.end] for s in st.Segmenter("fa").segment(text).sentences]',
            ("قیمت ۲.۵ میلیون شد.واین هم ماند! چه شد؟",),
        ),
    ),
    "shekar": (
        Case(
            "Normalizer()(text)",
            'st.normalize(text, lang="fa")',
            (
                "رسانههای اجتماعی می شود",
                "در ماه می سال نو",
                '"سلام" گفت ... خوب!!!',
                "قیمت 1,250 تومان (98%) است",
                "فایل report_2.pdf در http://shop.example.com",
            ),
        ),
        Case(
            "DigitNormalizer()(text)",
            'st.normalize(text, lang="fa", profile="minimal", digits="local")',
            ("شماره 021-1234",),
        ),
        Case(
            "list(SentenceTokenizer()(text))",
            '[text[s.start:s.end] for s in st.Segmenter("fa").segment(text).sentences]',
            ("قیمت ۲.۵ میلیون شد.واین هم ماند! چه شد؟",),
        ),
    ),
    "camel-tools": (
        Case(
            "normalize_unicode(text)",
            'st.normalize(text, lang="ar", profile="minimal")',
            ("ﺑﻴﺖ ﻻ ½ ™",),
        ),
        Case(
            "dediac_ar(text)",
            'st.normalize(text, lang="ar", profile="minimal", diacritics=True)',
            ("مُحَمَّدٌ إلى المدرسةِ",),
        ),
        Case(
            "normalize_teh_marbuta_ar(normalize_alef_maksura_ar(normalize_alef_ar(dediac_ar(text))))",
            'st.normalize(text, lang="ar", profile="search")',
            ("مُحَمَّدٌ إلى المدرسةِ", "مسؤول شاطئ", "محـــمد دفع ٥٠ ريالا"),
        ),
    ),
    "pyarabic": (
        Case(
            "araby.strip_tashkeel(text)",
            'st.normalize(text, lang="ar", profile="minimal", diacritics=True)',
            ("مُحَمَّدٌ إلى المدرسةِ",),
        ),
        Case(
            "araby.strip_tatweel(text)",
            'st.normalize(text, lang="ar", profile="minimal", tatweel=True)',
            ("محـــمد على الطاولة",),
        ),
        Case(
            "araby.normalize_alef(text)",
            'st.normalize(text, lang="ar", profile="search")',
            ("آمن أحمد على الطاولة",),
        ),
        Case(
            "araby.normalize_hamza(text)",
            'st.normalize(text, lang="ar", profile="search")',
            ("آمن أحمد مسؤول",),
        ),
        Case(
            'trans.normalize_digits(text, source="all", out="west")',
            'st.normalize(text, lang="ar", profile="minimal", digits="ascii")',
            ("سعر ١٢٣ ۴۵",),
        ),
        Case(
            "araby.sentence_tokenize(text)",
            '[text[s.start:s.end] for s in st.Segmenter("ar").segment(text).sentences]',
            ("ذهب د. أحمد إلى السوق. اشترى كتابا، ثم عاد.",),
        ),
    ),
    "indonlp": (
        Case(
            "replace_slang(text)",
            'st.normalize(text, lang="id")',
            ("jarak 10 km dari kantor", "beli di https://yg.com/anak2"),
        ),
        Case(
            "replace_word_elongation(text)",
            'st.normalize(text, lang="id")',
            ("beli di Shopee , murah !!!",),
        ),
    ),
}
