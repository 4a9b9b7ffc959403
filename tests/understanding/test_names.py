"""Names amended in one word, names of those on site, and what a name looks like."""

from datetime import UTC, datetime

import pytest

from call.session import Question
from understanding.turn import understand
from understanding.who.name_spelling import spelled_words
from understanding.who.names import changes_name, read_name, valid_name

Q = Question


def heard(said: str, known: str = "") -> str:
    """The name in an answer, or in a correction of the known one."""
    return read_name(said, Q.READ_BACK if known else Q.NAME, known)


@pytest.mark.parametrize(
    ("known", "text", "name"),
    [
        ("John Carter", "no, it's Jon without the h", "Jon Carter"),
        ("John Carter", "no H", "Jon Carter"),
        ("Jon Carter", "John with an h", "John Carter"),
        ("Jon Carter", "with an aitch", "John Carter"),
        ("Catherine Bell", "with a K", "Katherine Bell"),
        ("Katherine Bell", "Katherine with a C", "Catherine Bell"),
        ("Chris Bell", "with a K", "Kris Bell"),
        ("Cindy Lowe", "Cyndi with a y", "Cyndi Lowe"),
        ("John Smith", "Smith with a y", "John Smyth"),
        ("Stephen King", "with a v", "Steven King"),
        ("Ann Clark", "Ann with an e", "Anne Clark"),
        ("Ann Clark", "Clark with an e at the end", "Ann Clarke"),
        ("Bret Hale", "two t's", "Brett Hale"),
        ("Bret Hale", "double t", "Brett Hale"),
        ("Phillip Ross", "Philip with one l", "Philip Ross"),
        ("John Smith", "it's spelled S M Y T H", "John Smyth"),
        ("John Smith", "S, M, Y, T, H.", "John Smyth"),
        ("Jon Whittier", "the last name is wrong, it's Whitaker", "Jon Whitaker"),
        ("Dana Whitman", "my last name is Whitfield", "Dana Whitfield"),
        ("Jonas Weber", "the first name is Jonah", "Jonah Weber"),
        ("Dana", "Dana Whitfield here", "Dana Whitfield"),
    ],
)
def test_one_word_of_the_known_name_changes(known: str, text: str, name: str) -> None:
    """An amendment keeps the rest of the name."""
    assert read_name(text, Q.READ_BACK, known) == name
    assert changes_name(name, known)


@pytest.mark.parametrize(
    ("known", "text"),
    [
        ("Heather Hale", "we've been without heat"),
        ("John Carter", "I've been without A C for a week"),
        ("Katherine Bell", "I have a problem with A C"),
        ("Anna Bell", "it comes on with a noise"),
        ("Jim Ivy", "no I don't think so"),
        ("Bret Hale", "there are two units"),
        ("Henry Carr", "H V A C"),
        ("Anna Sap", "A S A P"),
        ("Dana Whitfield", "yes, that's right"),
        ("Wendy Beck", "it's for Wednesday"),
        ("Brook Hale", "yes book it"),
        ("Grant Hale", "no, granted, that's fine"),
    ],
)
def test_what_is_no_amendment(known: str, text: str) -> None:
    """Letters and numbers that are about something else leave the name as it is."""
    assert read_name(text, Q.READ_BACK, known) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my tenant Maria Lopez, 512 555 0134", "Maria Lopez"),
        ("her name is Carol", "Carol"),
        ("the tenant's name is Marcus", "Marcus"),
        ("Marcus will be there", "Marcus"),
        ("ask for Marcus Bell", "Marcus Bell"),
        ("my brother Dale", "Dale"),
        ("my uncle Fitz, he'll let you in", "Fitz"),
        ("my nephew, he's home from school", ""),
        ("I will", ""),
        ("my husband", ""),
        ("nobody", ""),
    ],
)
def test_who_will_be_on_site(text: str, name: str) -> None:
    """Asked for, another person's name is read."""
    assert read_name(text, Q.SITE_CONTACT) == name


@pytest.mark.parametrize("text", ["his name is Kevin", "your technician's name is Kevin", "my husband Tom called"])
def test_the_name_of_another_is_not_the_callers(text: str) -> None:
    """Out of turn only the caller's own name counts (R42)."""
    assert read_name(text, Q.HOW_CAN_I_HELP) == ""


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("Mia Long", True),
        ("Joe Friday", True),
        ("Will", True),
        ("Juan Carlos de la Rosa", True),
        ("Long", False),
        ("Will Call Back", False),
        ("Unknown Caller", False),
        ("512 555 0134", False),
        ("{{customer_name}}", False),
        ("X", False),
    ],
)
def test_what_a_name_looks_like(name: str, valid: bool) -> None:
    """An ordinary word is a name only behind a first name; sentinels and numbers are none (R36, R39)."""
    assert valid_name(name) is valid


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("J O N A S", ["Jonas"]),
        ("Jonas, J-O-N-A-S", ["Jonas"]),
        ("L Y double N", ["Lynn"]),
        ("b as in boy, o, y, d as in david", ["Boyd"]),
        ("T for Tom, R, A, N", ["Tran"]),
        ("my A C is out", []),
        ("H V A C", []),
        ("", []),
    ],
)
def test_spelled_words(text: str, words: list[str]) -> None:
    """Three letters or more are a word; what everybody says in letters is none."""
    assert spelled_words(text) == words


@pytest.mark.parametrize(
    ("name", "known", "changes"),
    [("Jon Carter", "John Carter", True), ("Dana Whitfield", "Dana", True), ("Tim", "John Carter", False),
     ("Dana", "Dana", False), ("", "Dana", False), ("Dana", "", False)],
)  # fmt: skip
def test_changes_name(name: str, known: str, changes: bool) -> None:
    """A name that shares a word with the known one is the same person's."""
    assert changes_name(name, known) is changes


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("My Nguyen", "My Nguyen"),
        ("Her Xiong.", "Her Xiong"),
        ("my name is long bui", "Long Bui"),
        ("You Li, and I'm calling about my heater", "You Li"),
        ("Monday. Rick Monday.", "Rick Monday"),
        ("he quit", ""),
        ("long night", ""),
        ("So hot in here", ""),
    ],
)
def test_l3_an_ordinary_word_is_a_first_name_in_front_of_a_last_one(said: str, name: str) -> None:
    """Where both are written as a name, or introduced as one."""
    assert heard(said) == name


@pytest.mark.parametrize("said", ["Please rush.", "I dunno", "Ditto.", "gosh", "Bear with me one sec"])
def test_l3b_what_is_no_name_is_none(said: str) -> None:
    """An answer of another kind."""
    assert heard(said) == ""


@pytest.mark.parametrize(
    ("said", "known", "name"),
    [
        ("Petra Novak, P-E-T-R-A, N-O-V-A-K.", "", "Petra Novak"),
        ("Petra Novak P E T R A N O V A C", "", "Petra Novac"),
        ("Shane O'Dowd, O apostrophe D-O-W-D", "", "Shane O'Dowd"),
        ("K.C. Alvarado", "", "K C Alvarado"),
        ("my name is A.J. Patel", "", "A J Patel"),
        ("no it's N O V A C K, P E T R A", "Petra Novak", "Petra Novack"),
        ("not Sara, Sarah with an H, Sarah Lund", "", "Sarah Lund"),
    ],
)
def test_l4_letters_spell_the_names_that_were_said(said: str, known: str, name: str) -> None:
    """First and last name behind each other, whatever parts them."""
    assert heard(said, known) == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("put it under me, Ines Falk", "Ines Falk"),
        ("gus uh gustavo gustavo prieto", "Gustavo Prieto"),
        ("I'm um April, like the month, April Kern", "April Kern"),
    ],
)
def test_the_name_in_full_is_the_name(said: str, name: str) -> None:
    """A name that begins again is the one that was said last and in full."""
    assert heard(said) == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Maria Lopez, do you speak Spanish?", "Maria Lopez"),
        ("Do you speak Spanish? My name is Ana Ruiz.", "Ana Ruiz"),
        ("No entiendo.", ""),
        ("Do you have anybody who speaks Spanish?", ""),
    ],
)
def test_a_name_beside_the_wish_for_spanish_is_taken(said: str, name: str) -> None:
    assert understand(said, question=Q.NAME, now=datetime(2026, 11, 23, tzinfo=UTC)).name == name
