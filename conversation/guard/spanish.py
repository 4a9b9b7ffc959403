"""Spanish words as the English ones of the lexicon, so that both languages are judged alike. Data; pure.

Word for word, since a fact leaves the order free; a verb brings its pronoun. A word that is not here is none that may
be said. Accents tell words apart ("qué", "que").
"""

import re

from understanding.text.plain import fold

_WORDS = """
takes: tarda tardan dura; finds: encuentre; after: después tras; separate: aparte;
unfortunately: desgracia desafortunadamente lamentablemente; would_have_to: tendría tendrían; code: código;
codes: códigos; zip: postal postales; ask: preguntar preguntarle preguntárselo preguntarlo consultar; else: demás;
very: bastante; sad: triste; exhausting: agotador cansado cansada; stress: estrés estresada estresado estresante;
upset: enojado enojada molesto; desperate: desesperado desesperada; problem: lío problema falla; these: estos estas;
this: este esta esto; like: así como; a: un una; about: sobre acerca; afraid: temo; ahead: adelante; alright: bien;
also: también; and: y e; answer: contestar contestarle responder responderle respuesta resolver resolverle;
any: algún alguna; apologies: disculpas; appreciate: agradezco agradecemos; arranged: pedida solicitada arreglada;
as: tan; so: muy; at: sobre; be: ser estar; before: antes; being: esté estén siendo; best: mejor conveniente;
booked: reservado reservada agendado agendada programado programada confirmado confirmada reservados apartado apartada
hecho hecha;
book: reservar agendar programar apartar; but: pero aunque sino;
call: llamada
comunicarse comunicarnos;
called: llamado; calling: llamarnos llamando; can: puede pueden pueda puedan; could: podría podrán podrían podrá podríamos sabría;
cold: frío; complete: completo; confirm: confirmar confirmarme; conditioning: acondicionado; air: aire;
cooling: refrigeración enfriamiento clima; costs: cuesta vale sale cuestan valen;
cost: costo precio tarifa costos precios;
credited: descuentan descuenta abonan abona acreditan acredita acreditados aplican aplica descontados; day: día;
days: días; decide: decide decidir decidirse; depends: depende dependerá; diagnostic: diagnóstico;
do: hacerla hacerlo hacer hace hacen haga hagan realiza realizan; must: debe; early: temprano; exact: exacta exacto;
exactly: exactamente precisamente; explain: explicar explicarle explicárselo explicarlo aclarar aclararle;
false: falso; family: familia niños hijos bebé; first: primero primera; for: por para;
frustrating: frustrante molesto incómodo pesado desesperante; frustration: frustración enojo coraje; from: desde;
get: recibir recibirá recibe;
give: regala regalarme pasar pasarme indicar indicarme brindar facilitar ofrecer dar darle darme dármelo déme deme
dejar dejarme compartir;
gives: da; go: sigue seguir va_adelante; going: pasando; good: buena bueno buenos buenas; half: media;
hard: difícil duro feo; has: ha haya tiene; have: han hayan tener; heat: calor calefacción; heating: calefacción;
hear: escuchar oír; help: ayudar ayudarle ayudarlo ayudarla; here: aquí; hour: hora horario; how: cómo;
how_much: cuánto cuánta; human: humano humana; i_am: soy estoy;
i_am_sorry: lamento siento perdón perdone disculpe lamentamos sentimos; i_can: puedo podré;
i_have: tengo he; i_know: sé; i_need: necesito; i_understand: entiendo comprendo imagino; 
if: si; in: en; information: información datos; is: es está son están sea queda; i: yo; : lo se le les sí ello que mismo misma con_calma;
know: saber saberlo sabe; late: tarde; last: última último; long: larga largo;
look: revisar revisarla revisarlo revise revisa inspeccionar; may: pueda; me: me mí; more: más;
much: mucho muchísimo mucha tanto; my: mi mis; name: nombre; necessary: necesario; night: noche noches;
no: ningún ninguna ninguno; nobody: nadie; not: no; nothing: nada; number: número celular; phone: teléfono;
of: de del; of_course: claro supuesto; on: encima; once: cuando vez; one: uno;
only: solo sólo solamente únicamente nomás; or: o; other: otra otro; our: nuestro nuestra; part: parte pieza;
person: persona; line: línea; please: favor; pleasure: gusto placer; possible: posible posibles;
question: pregunta duda preguntas dudas;
reach: encontrarlo encontrarle encontrarla localizarlo localizarle localizarla contactarlo contactarle contactarla
contactar ubicarlo ubicarla;
receptionist: recepcionista; repair: reparación arreglo arreglarlo repararlo reparar arreglar reparaciones;
repeat: repetir repetirme; see: ver verlo verla vea; seen: visto; set: fija; someone: alguien; situation: situación;
sorry: pena; starts: empieza empiezan comienza comienzan inicia inician; team: equipo; technician: técnico;
tell: decir decirle decirlo decírselo decirme dígame diga informar avisar; tells: dice; will_tell: dirá; thanks: gracias;
that: eso esa ese esos esas; the: el los las la; then: entonces luego; there_is: hay; they: ellos; time: tiempo;
moment: momento; to: a al hacia; toward: contra; trouble: molestia molestias inconveniente inconvenientes malestar;
type: tipo; understand: entender; until: hasta; us: nos nosotros; virtual: virtual; visit: visita cita visitas;
visits: visitas; wait: esperar espera; want: quiere quieran guste desea; was: fue era; we_can: podemos podamos;
we_call: llamamos llamaremos; we_do: hacemos trabajamos; we_have: tenemos hemos;
we_serve: servimos cubrimos atendemos llegamos vamos; well: pues bueno; what: qué; when: cuándo; where: dónde donde;
whether: si; which: cuál cuáles; who: quién quien quiénes; will: va van; will_be: será serán; with: con; without: sin;
you_would_like: gustaría; would_be: sería serían; yet: todavía aún; you: usted ustedes; your: su sus suyo;
able: pudo podido poder; of_course: por_supuesto; has_to: tiene_que; going_on: está_pasando; right: así_es;
what_we_do: lo_nuestro; company: compañía empresa; friendly: amable; maam: señora señorita doña; sir: señor don;
congratulations: felicidades enhorabuena felicito; happened: pasado ocurrido sucedido; birthday: cumpleaños; loss:
pérdida; glad: alegra alegro; i_hope: espero deseo; better: mejore mejor_pronto; many: muchas muchos; likewise:
igualmente; soon: pronto; day: jornada; people: gente; tired: cansancio; reason: razón; worry: preocupación preocupa;
worried: preocupado preocupada; patience: paciencia; wait: espera; had: tenido tuvo tuviera; may_be: sea; house:
hogar; best_wishes: suerte; so: así;
nice: bonito; service: servicio; house: casa; now: ahora;
nor: ni; nobody_wants: a_nadie_le_gusta; cold: pasar_frío; hot: pasar_calor; coming: llegar venir; perfectly: perfectamente;
truly: realmente verdaderamente completamente totalmente sinceramente; that_you_tell_me: lo_que_me_cuenta; i_hope: ojalá; we_do: nos_encargamos nos_dedicamos nos_ocupamos; we_give: damos ofrecemos;
sweet: lindo linda tierno tierna; lovely: hermoso hermosa precioso preciosa encantador encantadora; kind: amable
amabilidad bondad; husband: esposo marido; wife: esposa mujer; mother: mamá madre; father: papá padre; son: hijo;
daughter: hija; grandson: nieto nietos; granddaughter: nieta nietas; brother: hermano hermanos; sister: hermana hermanas;
baby: bebita bebito; grandmother: abuela abuelita; grandfather: abuelo abuelito; friend: amigo amiga; dog: perro perrito
perra perrita; cat: gato gatito gata; party: fiesta quinceañera; wedding: boda; surgery: cirugía operación; hospital:
hospital; funeral: funeral velorio; health: salud recuperación; work: trabajo trabajos; school: escuela; trip: viaje;
guests: visitantes invitados; hot: caliente calor caluroso calurosa; terrible: terrible horrible; annoying: fastidioso;
life: vida; children: niñas niño niña; recover: recupere; condolences: condolencias pésame; beautiful: bella bello;
wonderful: maravilloso maravillosa; important: importante; without: sin; sleep: dormir; years: años año; old: viejo vieja;
two: dos; three: tres; four: cuatro; five: cinco; six: seis; seven: siete; eight: ocho; nine: nueve; ten: diez;
return: regresar regresa regresan; none: ningunos ningunas; both: ambos ambas; still: siga; rest: descanse descansar;
share: comparto; other_things: cosas; thing: cosa; outside: fuera afuera; area: zona área; guarantee: garantizar
garantizarle garantía; alone: sola; always: siempre; never: nunca jamás; already: ya; today: hoy; so_much: tantísimo;
"""
GLOSS = {
    spanish.replace("_", " "): english.strip().replace("_", " ")
    for english, _, words in (entry.partition(":") for entry in " ".join(_WORDS.split()).split(";"))
    for spanish in words.split()
}

# Verbs in whatever form that says no more than the present does: not the past, which would be a claim of its own.
_STEMS = """
call: llam marc telefon comunic contact devolv devuelv habl; explain: explic expliqu aclar; tell: inform indic avis cont
coment; answer: contest respond resolv resuelv; look: revis inspeccion examin; repair: repar arregl compon; cost: cost
cuest val; credit: acredit abon descont descuent aplic; help: ayud apoy; know: sab; decide: decid; serve: atend atiend
cubr serv; start: empez empiez comenz comienz inici; wait: esper; understand: entend entiend comprend; see: ver;
give: proporcion facilit brind; ask: pregunt consult; work: trabaj; do: realiz; depend: depend; receive: recib;
promise: promet; assure: asegur
"""
_ENDING = (
    r"(?:o|a|e|as|es|an|en|amos|emos|imos|ar|er|ir|ando|iendo|(?:a|e|i)r(?:a|an|emos|e)|(?:a|e|i)ria(?:n|mos)?)"
    r"(?:(?:se|me|te|nos)?(?:l[aeo]s?)?)"
)
_TENSES = (
    (re.compile(r"[aei]remos(?:l\w+)?$"), "we will "),
    (re.compile(r"(?<=..)[aei]ran?$"), "will "),
    (re.compile(r"(?<=..)[aei]re$"), "i will "),
    (re.compile(r"(?:a|e|i)mos$"), "we "),
)
_STEMMED = [
    (re.compile(rf"(?:{'|'.join(stems.split())}){_ENDING}"), english.strip())
    for english, _, stems in (entry.partition(":") for entry in " ".join(_STEMS.split()).split(";"))
]


_TENS = {
    word: tens
    for word, tens in zip(
        "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa".split(),
        "twenty thirty forty fifty sixty seventy eighty ninety".split(),
        strict=True,
    )
}
_UNITS = "uno dos tres cuatro cinco seis siete ocho nueve"
_COUNTED = re.compile(rf"\b({'|'.join(_TENS)})(?: y ({_UNITS.replace(' ', '|')}))?\b(?! minutos)")
_SPOKEN = re.compile("|".join([*(said for said in GLOSS if " " in said), r"\w+"]))
# The order of English: who, what may be done, the denial; a future is "will".
_ORDER = [
    (re.compile(rf"\b{said}\b"), meant)
    for said, meant in (
        (r"will to(?= \w)", "will"),
        (r"not there is(?: not| any| nothing| none| no\b)*(?= (?:booked|now|here))", "nothing is"),
        (r"not there is(?: not| any| nothing| none)?", "there is no"),
        (r"not (?:the )?(i|we) (have|know|need|do|call|serve)", r"\1 do not \2"),
        (r"not (?:the )?(i|we) (can|could|am|will)", r"\1 \2 not"),
        (r"(?<!do )not (?:the )?(can|could|is|are|was|would|will|has|have|does|must)", r"\1 not"),
        (r"(can|could|would) not (\w+) i", r"i \1 not \2"),
        (r"^(could|would) not", r"i \1 not"),
        (r"(?<=, )(could) not", r"i \1 not"),
    )
]


def counted(text: str) -> str:
    """`text` with its tens as the English ones."""
    return _COUNTED.sub(lambda m: " ".join([_TENS[m[1]], *filter(None, [GLOSS.get(m[2] or "")])]), text)


def in_english(text: str) -> str:
    """The words of a Spanish text as English ones, in their order; a word that is not here stays what it is."""
    return _SPOKEN.sub(lambda word: _meant(word[0]), text.replace("¿", " "))


def in_order(words: str) -> str:
    """English words that stand as in Spanish, as far as it matters who denies what."""
    for said, meant in _ORDER:
        words = said.sub(meant, words)
    return words


def _meant(word: str) -> str:
    if word in GLOSS:
        return GLOSS[word]
    folded = fold(word)
    english = next((english for stems, english in _STEMMED if stems.fullmatch(folded)), "")
    if not english:
        return word
    tense = next((said for ending, said in _TENSES if ending.search(folded)), "")
    return f"{tense}{english}"
