"""How many years of school a text asks for.

English: Flesch-Kincaid grade (Kincaid and others, 1975): 0.39 words per sentence + 11.8 syllables per word - 15.59.
Spanish: the INFLESZ scale (Barrio-Cantalejo and others, An Sist Sanit Navar 2008; 31(2): 135-152) of Szigriszt-Pazos' formula
206.835 - 62.3 syllables per word - words per sentence. Its steps for patients' texts are put on the same thresholds: 65 points
("fairly easy", what primary school reads) count as grade 6, 55 points ("normal", the least advised for patients) as grade 8, and
40 ("difficult" below) as grade 12; between and beyond them along straight lines. So "above grade 8" means below 55 in Spanish.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

import syllapy

# The formulas were made on samples of 100 words; on a few words they swing wildly.
LEAST_WORDS = 30

WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
SPANISH_STEPS = ((65.0, 6.0), (55.0, 8.0), (40.0, 12.0))
# Letters that are written and not spoken: the u of "que" and "guerra" (not of "pingüino"), and every h.
SPANISH_MUTE = re.compile(r"(?<=q)u(?=[eiéí])|(?<=g)u(?=[eiéí])|h")
SPANISH_Y = re.compile(r"y(?![aeiouáéíóúü])")
# One syllable holds one strong vowel with weak ones around it, or weak ones alone; an accented í or ú stands for itself.
SPANISH_SYLLABLE = re.compile(r"[íú]|[iuü]?[aeoáéó](?:[iuü](?![aeoáéóíú]))?|[iuü]+")


def grade(sentences: Sequence[str], language: str, names: frozenset[str] = frozenset()) -> float | None:
    """Return the school grade of running text, or None for other languages than English and Spanish and for under 30 words.

    `names` (of medicines) are not counted: a writer cannot choose shorter ones.
    """
    counted = [words for words in (WORD.findall(_without(names, sentence)) for sentence in sentences) if words]
    total = sum(map(len, counted))
    base = language.split("-")[0]
    if total < LEAST_WORDS or base not in ("en", "es"):
        return None
    syllables = syllables_es if base == "es" else syllables_en
    per_sentence = total / len(counted)
    per_word = sum(syllables(word.lower()) for words in counted for word in words) / total
    if base == "en":
        return 0.39 * per_sentence + 11.8 * per_word - 15.59
    return _grade_of_inflesz(206.835 - 62.3 * per_word - per_sentence)


def _grade_of_inflesz(points: float) -> float:
    easy, normal, hard = SPANISH_STEPS
    low, high = (easy, normal) if points >= normal[0] else (normal, hard)
    return low[1] + (low[0] - points) * (high[1] - low[1]) / (low[0] - high[0])


def word_count(sentence: str) -> int:
    return len(WORD.findall(sentence))


@lru_cache(maxsize=20_000)
def syllables_en(word: str) -> int:
    """Return the syllables of an English word; 1 for numbers and for what syllapy does not know how to count."""
    return max(1, int(syllapy.count(word.replace("’", "'"))))


@lru_cache(maxsize=20_000)
def syllables_es(word: str) -> int:
    """Return the syllables of a Spanish word: two strong vowels part, a weak one joins its neighbour unless it bears the accent."""
    return max(1, len(SPANISH_SYLLABLE.findall(SPANISH_Y.sub("i", SPANISH_MUTE.sub("", word)))))


def _without(names: frozenset[str], sentence: str) -> str:
    return _names(names).sub(" ", sentence) if names else sentence


@lru_cache(maxsize=64)
def _names(names: frozenset[str]) -> re.Pattern[str]:
    # The longest first: of "ado-trastuzumab emtansine" nothing may stay behind because "trastuzumab" was taken out before it.
    alternatives = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)
