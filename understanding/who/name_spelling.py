"""Names spelled letter by letter, and the amendments of a name so far: "without the h", "with a K", "two t's".

An amendment changes one word of the known name and is only taken from a turn that says nothing else: "without heat" and
"I have a problem with A C" change no name. Which words of a turn are a name is decided in names.py.
"""

import re
from collections.abc import Set
from difflib import SequenceMatcher

from understanding.text.plain import fold, title
from understanding.who.first_names import FIRST_NAMES

_AMENDS = re.compile(
    r"(?<![\w'])(?:(?P<out>without|with no|no|minus|drop|leave out|take out) (?:the |an |a )?"
    r"|(?:with )?(?:just |only )?(?P<count>one|two|double|1|2) |with (?:an? |the ))"
    r"(?P<letter>[a-z]|aitch)(?:'s|s)?(?![\w'])(?: in (?P<word>\w+))?(?P<end> (?:at|on) the end)?"
)
_WITH_LETTER = re.compile(
    r",? (?:with|spelled with) (?:an? |the |one |two |double )?[a-z](?:['\u2019]?s)?(?![\w'])", re.I
)
_ROW = re.compile(  # Behind the word that it spells: "Ng, N-G", not "my name is A.J."
    r"(?<![\w'])((?P<first>[^\W\d_])[\w'\u2019]+)[\s,.]+(?:(?:that(?:['\u2019]s| is)|spelled|spelt)[\s,:]+)?"
    r"(?P=first)(?![\w'])(?:(?:\.? ?-? ?(?:double )?[a-z](?![\w'])){1,40}|(?:, (?:double )?[a-z](?![\w'])){1,40})",
    re.I,
)
_FILLERS = frozenset(
    "no it's it is its that's thats that the a an actually sorry yes yeah but and my name first last surname"
    " spelled spelling"
    " by way so just please oh um uh at end in of wait i said meant you your should be wrong got know with not to"
    " ok okay hers his her correct".split()
)
_NO_SPELLING = frozenset("hvac asap usa hoa heb atm fyi dfw atx abc ups att".split())
_ONE = r"(?<![\w'])[a-z](?![\w'])"
_AS_LETTERS = [(re.compile(said), letters) for said, letters in (
    (r"(?<![\w'])([odl])'(?=[a-z](?![a-z]))", r"\1 ' "),
    (rf"({_ONE}) as in [^\W\d_][\w']*", r"\1"),
    (r"(?<![\w'])([a-z]) (?:for|like) \1[\w']+", r"\1"),
    (r"\bcapital ", ""),
    (rf"\bwith (?:an? )?{_ONE}", "with"),
    (rf"(?<=(?<![\w'])[a-z] )double ({_ONE})", r"\1 \1"),
    (rf"(?<=(?<![\w'])[a-z] )apostrophe (?={_ONE})", "' "),
    (rf"(?<=(?<![\w'])[a-z] )(?:hyphen|dash) (?={_ONE})", "- "),
)]  # fmt: skip
_LETTERS = re.compile(rf"{_ONE}(?:[ ,.]+(?:{_ONE}|['-](?= )))*")
_MOST_LETTERS = 40  # A first and a last name; a longer row spells none.
_ALIKE = 0.6  # of 1: "Whittier" and "Whitaker" are 0.75, "Tom" and "John" 0.29
_SOUNDS = {"k": ("ch", "c"), "c": ("k",), "j": ("g",), "g": ("j",), "s": ("c", "z"), "z": ("s",), "f": ("ph",),
           "v": ("ph",), "y": ("ie", "i"), "i": ("y",), "e": ("a", "i"), "ph": ("f", "v")}  # fmt: skip


def spelled_words(raw: str) -> list[str]:
    """Words that were spelled, three letters at least: "J O N A S", "L Y double N", "B as in boy, O, Y, D".

    A mark parts two words only between letters that stand in groups: "J-O-N, S-M-Y-T-H".
    """
    text = fold(raw).replace("-", " ")
    heard = {word for word in re.findall(r"[^\W\d_][\w']*", text) if len(word) > 2}
    for pattern, letters in _AS_LETTERS:
        text = pattern.sub(letters, text)
    words: list[str] = []
    for row in _LETTERS.finditer(text):
        groups: list[str] = []
        said = [group.replace(" ", "") for group in re.split("[,.]", row[0])]
        for i, group in enumerate(said):
            goes_on = i + 1 < len(said) or bool(text[row.end() :].strip())
            if (
                goes_on and i and group in ("a", "i", "y") and len(said[i - 1]) > 1
            ):  # "A M Y, I live", a word of its own
                words += _parted(groups, heard)
                groups = []
            elif group:
                groups.append(group)
        words += _parted(groups, heard)
    return words


def without_spelling(raw: str) -> str:
    """The turn without rows of letters and "with a K": what is left of a name stands together."""
    return raw if " as in " in raw else _ROW.sub(r"\1 ", _WITH_LETTER.sub("", raw))


def _parted(groups: list[str], heard: Set[str]) -> list[str]:
    """The words of a row of letters that marks part: each group one, or all of it where it is a word that was said."""
    whole = "".join(groups)
    if len(whole) > _MOST_LETTERS:
        return []
    alike = len(groups) > 1 and any(word[0] == whole[0] and _ratio(word, whole) >= _ALIKE for word in heard)
    if alike or any(len(group) < 3 for group in groups):
        groups = [whole]
    return [title(group) for group in groups if len(group) >= 3 and group not in _NO_SPELLING]


def with_spelling(name: str, spelled: list[str]) -> str:
    """The name with each spelled word in the place of the word it spells, else behind it."""
    words = name.split()
    for spelling in each_spelled(name, spelled):
        place = _place(words, spelling)
        if place is None:
            place = next((i for i in reversed(range(len(words))) if fold(words[i])[:1] == fold(spelling)[:1]), None)
        if place is None:
            words.append(spelling)
        else:
            words[place] = spelling
    return " ".join(words)


def each_spelled(name: str, spelled: list[str]) -> list[str]:
    """The spelled words, of which one that is two words of the name behind each other is parted: "jonasweber"."""
    words, each = name.split(), list[str]()
    for letters in map(fold, spelled):
        cuts = [(letters[:i], letters[i:]) for i in range(2, len(letters) - 1)]
        scored = [(_alike(first, second, words), first, second) for first, second in cuts] if len(words) > 1 else []
        best = max(scored, default=(0.0, "", ""))
        parted = best[0] > max(_ratio(w, letters) for w in words) if scored else False
        each += [title(part) for part in (best[1:] if parted and best[0] >= _ALIKE else (letters,))]
    return each


def _alike(first: str, second: str, words: list[str]) -> float:
    """How much two rows of letters are two words of the name."""
    pairs = [(a, b) for i, a in enumerate(words) for j, b in enumerate(words) if i != j]
    return max(min(_ratio(first, a), _ratio(second, b)) for a, b in pairs)


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, fold(one), fold(other)).ratio()


def replaced(known: str, word: str) -> str:
    """The known name with `word` in the place of the word that it is like; "" when it is like none."""
    words = known.split()
    place = _place(words, word)
    return "" if place is None else " ".join([*words[:place], word, *words[place + 1 :]])


def amended(raw: str, known: str) -> str:
    """The known name with what the turn says about its letters; "" when the turn is about something else."""
    text = " ".join(fold(raw).replace("-", " ").split())
    words = known.split()
    for match in _AMENDS.finditer(text):
        if match["letter"] in "ai" and " an " not in match[0]:
            continue
        left = re.findall(r"[a-z][a-z']*", f"{text[: match.start()]} {text[match.end() :]} {match['word'] or ''}")
        named = [word for word in (w.strip("'") for w in left) if word not in _FILLERS]
        places = [_place(words, word) for word in named]
        if None in places:
            return ""
        for i in (i for i in places or range(len(words)) if i is not None):
            changed = _changed(named[-1] if named else fold(words[i]), match)
            if changed != fold(words[i]):
                return " ".join([*words[:i], title(changed), *words[i + 1 :]])
    return ""


def _place(words: list[str], word: str) -> int | None:
    """Which of the words `word` is another spelling of."""
    scores = [_ratio(w, word) for w in words]
    best = max(scores, default=0.0)
    return scores.index(best) if best >= _ALIKE else None


def _changed(word: str, match: re.Match[str]) -> str:
    """The word with the letter taken out, doubled or put in, a common first name if it can be; else as it is."""
    letter = "h" if match["letter"] == "aitch" else match["letter"]
    if match["count"] in ("one", "1"):
        return word.replace(letter * 2, letter)
    if match["count"]:
        place = word.rfind(letter)
        return word if place < 0 or letter * 2 in word else word[:place] + letter + word[place:]
    if match["out"]:
        usual = options = [word[:i] + word[i + 1 :] for i in reversed(range(len(word))) if word[i] == letter]
    elif match["end"]:
        return word if word.endswith(letter) else word + letter
    elif letter in word:
        return word
    else:
        swapped = [
            word[: m.start()] + letter + word[m.end() :]
            for sound in _SOUNDS.get(letter, ())
            for m in re.finditer(sound, word)
        ]
        added = [word[:i] + letter + word[i:] for i in range(len(word) + 1)] if word in FIRST_NAMES else []
        usual, options = [word + letter] if letter in "eh" else swapped, [*swapped, *added] if added else []
    return next((option for option in options if option in FIRST_NAMES), (usual or [word])[0])
