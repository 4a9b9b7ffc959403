"""Whether a name can only be a joke: then it is asked for once more, and after that taken as said (conversation.md 4).

Only what nobody is called counts: figures of film and comic, whole puns, and words that are no part of a name. In
doubt it is a name, because people are called Rose, Duck and Savage.
"""

from understanding.text.plain import fold

_NOBODY = frozenset({
    "mickey mouse", "minnie mouse", "donald duck", "daffy duck", "bugs bunny", "santa claus", "father christmas",
    "easter bunny", "tooth fairy", "darth vader", "luke skywalker", "james bond", "harry potter", "homer simpson",
    "bart simpson", "peter pan", "captain america", "captain hook", "spider man", "super man", "bat man", "iron man",
    "sponge bob", "spongebob squarepants", "fred flintstone", "sherlock holmes", "forrest gump", "big bird",
    "john doe", "jane doe", "joe blow", "elmer fudd", "scooby doo", "winnie the pooh", "king kong",
    "seymour butts", "ben dover", "mike hunt", "hugh jass", "ivana tinkle", "amanda hugginkiss", "anita bath",
    "justin time", "al coholic", "oliver clothesoff", "jacques strap", "heywood jablome", "phil mcracken", "moe lester",
    "dixie normous", "hugh mungus", "ice cold", "freon leak", "barb dwyer", "chris p bacon", "paige turner",
})  # fmt: skip
_NO_NAMES = frozenset(
    "batman superman spiderman wolverine godzilla voldemort gandalf yoda shrek dracula frankenstein breath butt butts"
    " butthead fart farts poop poopy pee pants panties underwear toilet booger boogers snot armpit buttface dumbass"
    " stinky smelly weirdo loser moron dingus doofus nacho burrito banana pickle waffle pancake taco gator alligator"
    " dinosaur unicorn dragonfly zombie boss-man sasquatch bigfoot".split()
)


def is_joke(name: str) -> bool:
    """Whether nobody can be called `name`."""
    folded = " ".join(fold(name).replace(".", " ").split())
    return folded in _NOBODY or any(word in _NO_NAMES for word in folded.split())
