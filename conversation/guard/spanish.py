"""Spanish words as the English ones of the lexicon, so that both languages are judged alike. Data; pure.

Word for word, since a fact leaves the order free; a verb brings its pronoun. A word that is not here is none that may
be said. Accents tell words apart ("qué", "que").
"""

import re

from understanding.text.plain import fold

_WORDS = """
: con_calma lo se le les sí ello que mismo misma; a: un una; a_week: a_la_semana por_semana; able: pudo podido poder;
about: acerca unos; afraid: temo; after: después tras; ahead: adelante; air: aire; alone: sola; already: ya; alright:
bien; also: también; always: siempre; and: y e y_las; annoying: fastidioso; answer: respuesta; any: algún alguna;
apologies: disculpas; appreciate: agradezco agradecemos; area: zona área; arranged: pedida solicitada arreglada; as:
tan; as_soon_as_possible: lo_antes_posible lo_más_pronto_posible en_cuanto_puedan en_cuanto_pueda
en_cuanto_les_sea_posible tan_pronto_como_puedan; at: sobre a_las; at_night: de_la_noche por_la_noche; at_one:
a_la_una; baby: bebita bebito; be: ser estar; beautiful: bella bello; before: antes; being: esté estén siendo; best:
mejor conveniente; best_wishes: suerte; better: mejor_pronto mejore; between: entre_las; birthday: cumpleaños; book:
reservar agendar programar apartar; booked: reservado reservada agendado agendada programado programada confirmado
confirmada reservados apartado apartada hecho hecha; both: ambos ambas; brother: hermano hermanos; but: pero aunque
sino; call: llamada; called: llamado; calling: llamarnos llamando; can: puede pueden puedan; cat: gato gatito gata;
children: niñas niño niña; code: código; codes: códigos; cold: pasar_frío frío; coming: llegar venir; company: compañía
empresa; complete: completo; conditioning: acondicionado; condolences: condolencias pésame; confirm: confirmar
confirmarme; congratulations: felicidades enhorabuena felicito; cooling: refrigeración enfriamiento clima; cost: precio
tarifa costos precios; costs: cuesta vale sale cuestan valen; could: podría podrán podrían podrá podríamos sabría;
credited: descuentan descuenta abonan abona acreditan acredita acreditados aplican aplica descontados; daughter: hija;
day: día jornada; day_after_tomorrow: pasado_mañana; days: días; depends: depende dependerá; desperate: desesperado
desesperada; diagnostic: diagnóstico; do: hacerla hacerlo hacer hace hacen haga hagan; dog: perro perrito perra
perrita; dollars: dólares; early: temprano; eight: ocho; eighty: ochenta; eleven: once; else: demás; every_day:
todos_los_días; exact: exacta exacto; exactly: exactamente precisamente; exhausting: agotador cansado cansada; false:
falso; family: familia niños hijos bebé; father: papá padre; fifteen: y_cuarto; fifty: cincuenta; finds: encuentre;
first: primero primera; five: cinco; for: por para; forty: cuarenta; four: cuatro; friday: viernes; friend: amigo
amiga; from: desde desde_las; frustrating: molesto frustrante incómodo pesado desesperante; frustration: frustración
enojo coraje; funeral: velorio; get: recibir recibirá recibe; give: regala regalarme pasar pasarme indicar indicarme
ofrecer dar darle darme dármelo déme deme dejar dejarme compartir; gives: da; glad: alegra alegro; go: va_adelante
sigue seguir; going: pasando; going_on: está_pasando; good: buena buenos buenas; granddaughter: nieta nietas;
grandfather: abuelo abuelito; grandmother: abuela abuelita; grandson: nieto nietos; guarantee: garantizar garantizarle
garantía; guests: visitantes invitados; had: tenido tuvo tuviera; half: media; half_an_hour: media_hora; happened:
pasado ocurrido sucedido; hard: difícil duro feo; has: ha haya tiene; has_to: tiene_que; have: han hayan tener; health:
salud recuperación; hear: escuchar oír; heating: calefacción; here: aquí; hot: pasar_calor calor caliente caluroso
calurosa; hour: hora horario; hours: horas; house: hogar casa; how: cómo; how_much: cuánto cuánta; human: humano
humana; hundred: cien ciento cientos doscientos trescientos quinientos; husband: esposo marido; i: yo; i_am: soy estoy;
i_am_sorry: lamento siento perdón perdone disculpe lamentamos sentimos; i_can: puedo podré; i_have: tengo he; i_hope:
espero deseo ojalá; i_know: sé; i_need: necesito; i_understand: entiendo comprendo imagino; important: importante; in:
en; in_the_afternoon: de_la_tarde por_la_tarde en_la_tarde; in_the_morning: de_la_mañana por_la_mañana en_la_mañana;
information: información datos; is: es está son están queda; kind: amable amabilidad bondad; last: última último; late:
tarde; life: vida; like: como; likewise: igualmente; line: línea; long: larga largo; loss: pérdida; lovely: hermoso
hermosa precioso preciosa encantador encantadora; maam: señora señorita doña; many: muchas muchos; may: pueda; may_be:
sea; me: mí; minutes: minutos; moment: momento; monday: lunes; month: mes meses; more: más; mother: mamá madre; much:
mucho muchísimo mucha tanto; must: debe; my: mi mis; name: nombre; necessary: necesario; never: nunca jamás; next_week:
la_próxima_semana la_semana_que_viene; nice: bonito; night: noche noches; nine: nueve; ninety: noventa; no: ningún
ninguna ninguno; nobody: nadie; nobody_wants: a_nadie_le_gusta; none: ningunos ningunas; noon: mediodía; nor: ni; not:
no; nothing: nada; now: ahora; number: número celular; of: de del; of_course: por_supuesto claro supuesto; old: viejo
vieja; on: encima; once: cuando vez; one: uno; only: solo sólo solamente únicamente nomás; or: o; other: otra otro;
other_things: cosas; our: nuestro nuestra; outside: fuera afuera; part: parte pieza; party: fiesta quinceañera;
patience: paciencia; people: gente; perfectly: perfectamente; person: persona; phone: teléfono; please: favor;
pleasure: gusto placer; possible: posible posibles; problem: lío problema falla; question: pregunta duda preguntas
dudas; reach: encontrarlo encontrarle encontrarla localizarlo localizarle localizarla contactarlo contactarle
contactarla contactar ubicarlo ubicarla; reason: razón; receptionist: recepcionista; recover: recupere; repair:
reparación reparaciones; repeat: repetir repetirme; rest: descanse descansar; return: regresar regresa regresan; right:
así_es; sad: triste; saturday: sábado; saturdays: sábados los_sábados el_sábado; school: escuela; see: ver verlo verla
vea; seen: visto; separate: aparte; service: servicio; set: fija; seven: siete; seventy: setenta; share: comparto; sir:
señor don; sister: hermana hermanas; situation: situación; six: seis; sixty: sesenta; sleep: dormir; so: así muy;
so_much: tantísimo; someone: alguien; son: hijo; soon: pronto; sorry: pena; starts: empieza empiezan comienza comienzan
inicia inician; still: siga; stress: estrés estresada estresado estresante; sunday: domingo; sundays: domingos
los_domingos el_domingo en_domingo; surgery: cirugía operación; sweet: lindo linda tierno tierna; takes: tarda tardan dura; team:
equipo; technician: técnico; tell: decir decirle decirlo decírselo decirme dígame diga; tells: dice; ten: diez;
terrible: horrible; thanks: gracias; that: eso esa ese esos esas; that_you_tell_me: lo_que_me_cuenta; the: el los las
la; then: entonces luego; there_is: hay; these: estos estas; they: ellos; thing: cosa; thirty: treinta y_media; this:
este esta esto; this_afternoon: esta_tarde; this_week: esta_semana; three: tres; thursday: jueves; time: tiempo; tired:
cansancio; to: a al hacia; today: hoy hoy_mismo; tomorrow: mañana; tonight: esta_noche; toward: contra; trip: viaje;
trouble: molestia molestias inconveniente inconvenientes malestar; truly: realmente verdaderamente completamente
totalmente sinceramente; tuesday: martes; twelve: doce; twenty: veinte; two: dos; type: tipo; unfortunately: desgracia
desafortunadamente lamentablemente; until: hasta hasta_las; upset: enojado enojada; us: nos nosotros; very: bastante;
visit: visita cita; visits: visitas; wait: espera; want: quiere quieran guste desea; was: fue era; we_call: llamaremos;
we_can: podemos podamos; we_do: nos_encargamos nos_dedicamos nos_ocupamos hacemos trabajamos; we_give: damos ofrecemos;
we_have: tenemos hemos; we_serve: llegamos vamos; wedding: boda; wednesday: miércoles; week: semana; weekends:
fines_de_semana el_fin_de_semana; well: bueno pues; what: qué; what_we_do: lo_nuestro; when: cuándo; where: dónde
donde; whether: si; which: cuál cuáles; who: quién quien quiénes; wife: esposa mujer; will: va van; will_be: será
serán; will_tell: dirá; with: con; without: sin; wonderful: maravilloso maravillosa; work: trabajos; worried:
preocupado preocupada; worry: preocupación preocupa; would_be: sería serían; would_have_to: tendría tendrían; years:
años año; yet: todavía aún; you: usted ustedes; you_would_like: gustaría; your: su sus suyo; zip: postal postales;
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


_SPOKEN = re.compile(rf"(?:{'|'.join(sorted((said for said in GLOSS if ' ' in said), key=len, reverse=True))})\b|\w+")
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
