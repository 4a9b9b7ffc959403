"""Whether a turn is in Spanish: clearly, or the caller asks for it; a Spanish name or one shared word is not enough.

Words that only Spanish has decide; little words that street names have too ("de la Cruz") only help.
"""

from typing import Literal

from understanding.text.plain import MARKS, phrase, said

_ASKS_FOR_SPANISH = phrase(
    r"(?<!not )(?<!not even )(?:speak|speaks|speaking|in|any|habla|hablan|hablas|hablen) (?:spanish|espanol)"
    r"|spanish (?:please|speaker|speaking)|(?:se )?habla(?:n|s)? espanol|(?:un|una|alguien) (?:\w+ )*espanol"
    r"|no (?:hablo|speak|habla|entiendo) (?:\w+ )?(?:ingles|english)|para espanol|espanol (?:por favor|please)",
)
# Said in Spanish where words of any language are an answer; "Maria Ingles" is a name.
_NOT_UNDERSTOOD = phrase(
    r"no (?:(?:le|les|te|lo) )?(?:entiendo|comprendo|hablo)|(?:hable|hablen|hablar|en|solo|solamente) espanol"
    r"|^espanol(?: [.?])*$"
)
_ONLY_SPANISH = frozenset(
    "hola buenos buenas tengo tenemos necesito necesitamos quiero quisiera queria puedo podria ayuda ayudar"
    " ayudarme cocina cuarto garaje calefaccion calentador aire acondicionado estufa horno funciona funcionando"
    " enfria enfriando calienta calentando prende enciende apaga gracias favor huele huelo olor olia quemado"
    " quemando humo fuego incendio llamas chispas fuga alarma monoxido pila llamo llamando llamar llame puede"
    " pueden usted ustedes hablo hablar habla hablan espanol tambien esta estan estoy estamos hay porque cuando"
    " donde como cuanto cuesta cobran muy mucho mucha ahora manana hoy ayer anoche dias tardes noches senor senora"
    " alguien tecnico cita vivo numero direccion nombre bien claro nada nadie creo sirve descompuesto descompuso"
    " desde necesita quien eres pregunta factura sobre trabajo contratando cancelar cambiar viernes jueves"
    " miercoles martes lunes sabado domingo semana vez tal quizas poco todavia siempre nunca tampoco ninguno"
    " ninguna olvidelo perdon disculpe entiendo comprendo dijo dice hace calor frio gotea goteando agua ruido"
    " revisar arreglar reparar instalar venir venga esposo mama papa esposa hijo hija verdad bueno adios luego"
    " saliendo sale sonando suena pitando nosotros ellos eso esto sabe saben ingles senorita persona maquina tarde"
    " temprano podrian".split()
)
_NUMBERS = frozenset("cero uno dos tres cuatro cinco seis siete ocho nueve".split())
_FEW_NUMBERS = 2  # A street may have as many.
_ALSO_SPANISH = frozenset(
    "el la los las casa calle de del que y en con por para una un es se lo su al si yo le les nos ya mi".split()
)
_ENGLISH = frozenset(
    "the is my i am it you have and to of in for not that this with on at be can are we was from your what how"
    " need want would there out but just so if an or they he she our get will called call name street road drive"
    " lane avenue all up please thanks thank yes yeah".split()
)


def read_language(text: str) -> Literal["en", "es"]:
    """The language of the plain `text`; English in doubt."""
    if said(_ASKS_FOR_SPANISH, text):
        return "es"
    words = [w for w in text.split() if w not in MARKS]
    numbers = sum(w in _NUMBERS for w in words)
    strong = sum(w in _ONLY_SPANISH for w in words) + (numbers if numbers > _FEW_NUMBERS else 0)
    helping = sum(w in _ALSO_SPANISH for w in words)
    english = sum(w in _ENGLISH for w in words)
    return "es" if strong and 2 * strong + helping > 2 * english else "en"


def asks_for_spanish(text: str) -> bool:
    """Whether the plain `text` is about the language itself, and so no name, whatever was asked."""
    return said(_ASKS_FOR_SPANISH, text) or said(_NOT_UNDERSTOOD, text)
