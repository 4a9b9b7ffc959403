"""Whether a turn is in Spanish: clearly, or the caller asks for it; a Spanish name or one shared word is not enough."""

from typing import Literal

from words import MARKS, phrase, said

_ASKS_FOR_SPANISH = phrase(
    r"(?:speak|speaks|in|any) (?:spanish|espanol)|spanish (?:please|speaker|speaking)|(?:se )?habla(?:n|s)? espanol"
    r"|en espanol|espanol|no (?:hablo|speak|habla) (?:mucho )?(?:ingles|english)",
)
_CLEAR = frozenset(
    "hola buenos buenas tengo necesito quiero ayuda ayudar casa calefaccion calentador aire acondicionado funciona"
    " enfria"
    " calienta gracias favor huele humo quemado fuego llamo llamando puede pueden usted ustedes hablo hablar tambien"
    " mi"
    " esta estan hay porque cuando donde como cuanto muy ahora manana hoy dias tardes noches senor senora alguien"
    " tecnico"
    " cita vivo numero direccion nombre bien claro nada creo olor fuga alarma monoxido sirve descompuesto desde ayer"
    " se yo"
    " que el los las una con por para pero es lo prende".split()
)
_ENGLISH = frozenset("the is my i am it you have and to of a in for not do that this with on at be can are we".split())


def read_language(text: str) -> Literal["en", "es"]:
    """The language of the plain `text`; English in doubt."""
    if said(_ASKS_FOR_SPANISH, text):
        return "es"
    words = [w for w in text.split() if w not in MARKS]
    spanish = sum(w in _CLEAR for w in words)
    english = sum(w in _ENGLISH for w in words)
    strong = words[:1] in (["hola"], ["bueno"]) and len(words) <= 2
    return "es" if strong or (spanish >= 2 and spanish > english * 2) else "en"
