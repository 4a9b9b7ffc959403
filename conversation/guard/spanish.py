"""Spanish words as the English ones of the lexicon, so that both languages are judged alike. Data; pure.

Word for word, since a fact leaves the order free; a verb brings its pronoun. A word that is not here is none that may
be said. Accents tell words apart ("qué", "que").
"""

import re

from understanding.text.plain import fold

_WORDS = """
: con_calma lo se le les sí ello que mismo; a: un una; a_week: a_la_semana por_semana; able: pudo podido poder; about:
acerca unos; afraid: temo; after: después tras; ahead: adelante; air: aire; alone: sola solito; already: ya; alright:
bien; also: también; always: siempre; and: y e; answer: respuesta; advisor: asesor asesora; about_that: por_lo_del
por_lo_de; any: algún alguna cualquier cualquiera; apologies: disculpas; apology: disculpa; appreciate: agradezco
agradecemos; area: zona área; arranged: pedida solicitada arreglada; arrive: llega; as: tan; as_soon_as_possible:
lo_antes_posible lo_más_pronto_posible en_cuanto_puedan en_cuanto_pueda en_cuanto_les_sea_posible
tan_pronto_como_puedan; at: sobre; at_night: de_la_noche por_la_noche; at_one: a_la_una de_la_una; aunt: tía; awful:
espantoso pésimo; baby: bebito; bad: malo mal; be: ser estar; beautiful: bello; before: antes; being: esté estén siendo;
believe: creer; best: mejor conveniente; best_wishes: suerte; better: mejor_pronto mejore; between: entre; birthday:
cumpleaños; book: reservar agendar programar apartar; booked: reservado agendado programado confirmado apartado hecho;
both: ambos ambas; bother: molestar; brother: hermano; busy: ocupado; but: pero aunque sino; call: llamada; called:
llamado; calling: llamarnos llamando; can: puede pueden puedan; cat: gato gatito; change: cambiar; child: niño;
children: niña; church: iglesia; city: ciudad; code: código; codes: códigos; cold: pasar_frío frío; coming: llegar
venir; company: compañía empresa; complete: completo; complicated: complicado; conditioning: acondicionado; condolences:
condolencias pésame; confirm: confirmar; confusing: confuso confusión confundido; congratulations: felicidades
enhorabuena felicito; cooling: refrigeración enfriamiento clima; correct: correcto; cost: tarifa costos precios; costs:
cuesta vale sale cuestan valen; could: podría podrán podrían podrá podríamos sabría; count_toward: cuentan_para
cuenta_para; counted: cuentan cuenta; cousin: primo; credited: descuentan descuenta abonan abona acreditan acredita
acreditados aplican aplica descontados; daughter: hija; day: día jornada; day_after_tomorrow: pasado_mañana; days: días;
delicious: rico; depends: depende dependerá; desperate: desesperado; detail: detalle; details: detalles; diagnostic:
diagnóstico; discount: descuento; do: hacer hace hacen haga hagan; doctor: médico; dog: perro perrito; dollars: dólares;
early: temprano; comfort: confort; i_hope_better: que_se_mejore que_se_mejoren que_se_alivie que_se_recupere;
new_system: equipo_nuevo sistema_nuevo aparato_nuevo unidad_nueva; with: con_todo_y; even: incluso; easy: fácil; eight:
ocho; eighty: ochenta; eleven: once; else: demás; estimate: presupuesto cotización; every_day: todos_los_días; exact:
exacto; exactly: exactamente precisamente; exam: examen; exhausting: agotador cansado; fair: justo; false: falso;
family: familia niños hijos bebé; far: lejos; father: papá padre; fault: culpa; fifteen: y_cuarto; fifty: cincuenta;
finds: encuentre; first: primero; five: cinco; food: comida; for: por para; forty: cuarenta; four: cuatro; free: gratis;
friday: viernes; friend: amigo; from: desde; frustrating: molesto frustrante incómodo desesperante pesado; frustration:
frustración enojo coraje; funeral: velorio; get: recibir recibirá recibe; give: regala regalarme pasar indicar ofrecer
dar dármelo déme deme dejar compartir; gives: da; glad: alegro; gladly: con_mucho_gusto; go: va_adelante sigue seguir;
god_bless: Dios_lo_bendiga dios_la_bendiga; going: pasando; going_on: está_pasando; good: buena buenos buen; graduation:
graduación; granddaughter: nieta; grandfather: abuelo abuelito; grandmother: abuela abuelita; grandson: nieto;
guarantee: garantizar garantía; guess: adivinar; guests: visitantes invitados; had: tenido tuvo tuviera; half: media;
half_an_hour: media_hora; hands: manos; happened: pasado ocurrido sucedido; happy: feliz contento; hard: difícil duro
feo; has: ha haya tiene; has_to: tiene_que; have: han hayan tener tenga; have_a_good_day: que_tenga_buen_día
que_tenga_un_buen_día; health: salud recuperación; hear: escuchar oír; heating: calefacción; here: aquí; hot:
pasar_calor calor caliente caluroso; hour: hora horario; hours: horas; house: hogar casa; how: cómo; how_much: cuánto;
human: humano; hundred: cien ciento doscientos trescientos quinientos; husband: esposo marido; i: yo; i_am: soy estoy;
i_am_glad: me_da_gusto me_alegra me_alegro; i_am_here: aquí_estoy aquí_sigo; i_am_sorry: lamento siento perdón perdone
disculpe lamentamos sentimos; i_apologize: pido_una_disculpa pido_disculpas ofrezco_una_disculpa; i_can: puedo podré;
i_do_not_see: no_me_aparece no_me_sale no_aparece; i_have: tengo he; i_hope: espero deseo ojalá; i_know: sé; i_need:
necesito; i_understand: entiendo comprendo imagino; important: importante; in: en; in_the_afternoon: de_la_tarde
por_la_tarde en_la_tarde; in_the_morning: de_la_mañana por_la_mañana en_la_mañana; information: información datos; is:
es está son están queda; is_open: abre abren abrimos abierto; joy: alegría; justo: fair; kind: amable amabilidad bondad;
last: último; late: tarde; life: vida; like: como; likewise: igualmente; line: línea; little: poco poquito; long: largo;
loss: pérdida; lovely: hermoso precioso encantador encantadora; maam: señora señorita doña; many: muchas muchos; may:
pueda; may_be: sea; me: mí; minutes: minuto; mistake: error equivocación; moment: momento; monday: lunes; money: dinero;
month: mes; more: más; mother: mamá madre; much: mucho muchísimo tanto; must: debe; my: mi mis; name: nombre; near:
cerca; necessary: necesario; need: necesita necesite; neighbor: vecino; nephew: sobrino; never: nunca jamás; next_week:
la_próxima_semana la_semana_que_viene; nice: bonito; niece: sobrina; night: noche noches; nine: nueve; ninety: noventa;
no: ninguna_otra ningún ninguno; no_need_to: no_hace_falta; no_problem: no_hay_problema; nobody: nadie; nobody_wants:
a_nadie_le_gusta; none: ningunos ningunas; noon: mediodía; nor: ni; not: no; nothing: nada; now: ahora; number: número
celular; of: de del; of_course: por_supuesto claro supuesto; old: viejo; on: encima; once: cuando vez; one: uno; only:
solo sólo solamente únicamente nomás; only_to: hasta; or: o; other: otro; other_things: cosas; our: nuestro; outside:
fuera afuera; pain: dolor; parents: padres papás; part: parte pieza; party: fiesta quinceañera; patience: paciencia;
people: gente; perfectly: perfectamente; person: persona; phone: teléfono; please: favor; pleasure: gusto placer;
possible: posible posibles; prefer: prefiere prefiera; price: precio; problem: lío problema falla; question: pregunta
duda; reach: encontrarlo encontrarle localizarlo localizarle contactar ubicarlo; reason: razón; receptionist:
recepcionista; recover: recupere; repair: reparación reparaciones; repeat: repetir dictar; rest: descanse descansar;
return: regresar regresa regresan; right: así_es; sad: triste; safe: segura; saturday: sábado; saturdays: los_sábados
el_sábado sábados; scared: asustado miedo susto; school: escuela; see: ver vea; seen: visto; separate: aparte; service:
servicio; set: fija; seven: siete; seventy: setenta; share: comparto; should: debería deberían; sick: enfermo; sir:
señor don; sister: hermana; situation: situación; six: seis; sixty: sesenta; sleep: dormir; so: así muy; so_much:
tantísimo; someone: alguien; son: hijo; soon: pronto; sorry: pena; sounds: suena; starts: empieza empiezan comienza
comienzan inicia inician; still: siga; story: historia; strength: fuerzas ánimo; stress: estrés estresado estresante;
sunday: domingo; sundays: los_domingos el_domingo en_domingo domingos; surgery: cirugía operación; sweet: lindo tierno;
take: tómese tomarse; take_care: que_le_vaya_bien cuídese; takes: tarda tardan dura; team: equipo; technician: técnico;
tell: decir decírselo dígame diga; tells: dice; ten: diez; terrible: horrible; thanks: gracias; that: eso ese;
that_you_tell_me: lo_que_me_cuenta; the: la el los; then: entonces luego; there_is: hay; these: estos estas; they:
ellos; thing: cosa; think: pensar creo; thirty: y_media treinta; this: este esto; this_afternoon: esta_tarde; this_week:
esta_semana; three: tres; thursday: jueves; time: tiempo; tired: cansancio; to: a al hacia; to_cancel: cancelar; today:
hoy_mismo hoy; tomorrow: mañana; tonight: esta_noche; too_much: demasiado; toward: contra; trip: viaje; trouble:
molestia inconveniente inconvenientes malestar; true: verdad; truly: realmente completamente totalmente; tuesday:
martes; twelve: doce; twenty: veinte; two: dos; type: tipo; uncle: tío; unfortunately: desgracia desafortunadamente
lamentablemente; upset: enojado; urgent: urgente; us: nos nosotros; very: bastante; visit: visita cita; visits: visitas;
wait: espera; waited: esperado; want: quiere quieran guste desea querer; warranty: garantías; was: fue era; washer:
lavadora; we_call: llamaremos; we_can: podemos podamos; we_do: nos_encargamos nos_dedicamos nos_ocupamos hacemos
trabajamos; we_give: damos ofrecemos; we_have: tenemos hemos; we_serve: llegamos vamos; wedding: boda; wednesday:
miércoles; week: semana; weekends: fines_de_semana el_fin_de_semana; welcome: bienvenido; well: bueno pues; what: qué;
what_we_do: lo_nuestro; when: cuándo; where: dónde donde; whether: si; which: cuál; who: quién quien; wife: esposa
mujer; will: va van; will_be: será serán; will_give: dará darán; will_tell: dirá; with: con; without: sin; wonderful:
maravilloso; work: trabajos; worried: preocupado; worry: preocupación preocupa; would_be: sería serían; would_have_to:
tendría tendrían; wrong: equivocado; years: año; yet: todavía aún; you: usted; you_are_right: tiene_razón
tiene_usted_razón; you_would_like: gustaría; your: su sus suyo; zip: postal;
"""
GLOSS = {
    spanish.replace("_", " "): english.strip().replace("_", " ")
    for english, _, words in (entry.partition(":") for entry in " ".join(_WORDS.split()).split(";"))
    for spanish in words.split()
}
ENGLISH = frozenset(word for meant in GLOSS.values() for word in meant.split())

# Verbs in whatever form that says no more than the present does: not the past, which would be a claim of its own.
_STEMS = """
call: llam marc telefon comunic contact devolv devuelv habl; explain: explic expliqu aclar; tell: inform indic avis cont
coment; answer: contest respond resolv resuelv; look: revis inspeccion examin; repair: repar arregl compon; cost: cost
cuest val; credit: acredit abon descont descuent aplic; help: ayud apoy; know: sab; decide: decid; serve: atend atiend
cubr serv; start: empez empiez comenz comienz inici; wait: esper; understand: entend entiend comprend; see: ver;
give: proporcion facilit brind; ask: pregunt consult; work: trabaj; do: realiz; depend: depend; receive: recib;
promise: promet; quote: cotiz; determine: determin; assure: asegur
"""
_ENDING = (
    r"(o|a|e|as|es|an|en|amos|emos|imos|ar|er|ir|ando|iendo|(?:a|e|i)r(?:a|an|emos|e)|(?:a|e|i)ria(?:n|mos)?)"
    r"(?:(?:se|me|te|nos)?(?:l[aeo]s?)?)"
)
_TENSES = (
    (re.compile(r"[aei]remos"), "we will "),
    (re.compile(r"[aei]ran?"), "will "),
    (re.compile(r"[aei]re"), "i will "),
    (re.compile(r"[aei]mos"), "we "),
)
_STEMMED = [
    (re.compile(rf"(?:{'|'.join(stems.split())}){_ENDING}"), english.strip())
    for english, _, stems in (entry.partition(":") for entry in " ".join(_STEMS.split()).split(";"))
]


_AT = re.compile(r"\b(?:a |de )?las (?=(?:dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|\d\d?)\b)")
_ENCLITIC = re.compile(r"(?<=[aeiáéí]r)(?:(?:me|se|nos)?l[aeo]s?|me|se|nos)$")
_PLURAL = re.compile(r"(?<=[aeo])s$|(?<=[^aeo])es$")
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
        (r"(has|have|is) not nothing", r"\1 nothing"),
        (r"(can|could|would) not (\w+) i", r"i \1 not \2"),
        (r"(?:^|(?<=, ))(could|would) not", r"i \1 not"),
    )
]


def in_english(text: str) -> str:
    """The words of a Spanish text as English ones, in their order; a word that is not here stays what it is."""
    text = _SPOKEN.sub(lambda word: _meant(word[0]), _AT.sub("at ", text.replace("¿", " ")))
    return re.sub(r"(?<=ty) and (?=(?:one|two|three|four|five|six|seven|eight|nine)\b)", " ", text)


def in_order(words: str) -> str:
    """English words that stand as in Spanish, as far as it matters who denies what."""
    for said, meant in _ORDER:
        words = said.sub(meant, words)
    return words


def _meant(word: str) -> str:
    bare = _ENCLITIC.sub("", word)
    one = _PLURAL.sub("", word)
    for form in (word, bare, one, re.sub("a$", "o", one)):  # A word stands here in one form
        if form in GLOSS:
            return GLOSS[form]
    folded = fold(word)
    verb = next(((found, english) for stems, english in _STEMMED if (found := stems.fullmatch(folded))), None)
    return next((said for ending, said in _TENSES if ending.fullmatch(verb[0][1])), "") + verb[1] if verb else word
