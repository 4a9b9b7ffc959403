"""The forms of forms.py in Spanish, over words without accents: what is spoken where a Spanish call ends. Data; pure."""

from conversation.guard.forms import Groups, always, calm

_FUNCTION = (
    "a al de del el la los las un una lo le les se me nos que y o pero si no en con sin por para como su sus mi es son esta este esto eso"
    " esa ese muy mas mucho mucha todo toda tanto ya tambien hay ha han he haber ser estar usted ustedes yo nosotros cual cuando cuanto cuanta"
    " donde quien ni cada otra otro vez ahora aqui ahi entonces bien algo nada alguien tan"
)
_SYMPATHY = _FUNCTION + (
    " siento lamento molestia molestias inconveniente inconvenientes problema problemas situacion frustracion frustrante dificil incomodo incomoda"
    " calor frio casa calefaccion aire acondicionado equipo sistema esperar esperando espera pasando pasar pasa pregunta preguntas duda dudas"
    " preocupacion preocupado preocupada familia ninos bebe dia dias noche noches funciona funcionar funcione estar tener tiene llamar llamarnos"
    " llamada preguntar decir decirme avisar avisarme contarme paciencia tiempo informacion dato datos interes confianza oir escuchar eso hacer"
)
_KNOWING = _FUNCTION + (
    " saber sabe saberlo decir decirle decirlo precio precios costo costos cuesta exacto exacta exactamente cantidad depende repararlo reparacion"
    " reparaciones problema falla causa respuesta pregunta preguntas dato datos informacion detalle detalles telefono verlo vea ver visto revisar"
    " revisarlo revise explicar explicarle seguro segura antes primero tecnico equipo sistema unidad aparato visita hora dia cuanto tarda necesita"
    " llame llamen llamada asegurar prometer adivinar tiene tener falta haya mejor persona"
)
_ASKING = _FUNCTION + (
    " numero telefono llamar llamarle llamarlo llamarla comunicarnos comunicar contactar contactarle localizar encontrar prefiere puede podemos"
    " pueden podria dar darme decir decirme dejar dejarme repetir repetirme compartir mejor codigo area favor confirmar es completo diez digitos"
    " gusta gustaria quiere tiene necesito necesitamos equipo alguien"
)
TAILS = {"..sympathy": _SYMPATHY, "..knowing": _KNOWING, "..asking": _ASKING}
ASKING = _ASKING

PARTS = {
    "who": r"(?:(?:alguien|una persona|un companero|un miembro)(?: (?:de|del) (?:nuestro |el )?equipo)?|(?:el|nuestro) equipo|ellos|la persona que le"
           r" llame|quien le llame|cuando le llamen)",
    "soon": r"(?: de vuelta| de regreso)?(?: (?:a|al) (?:este|ese|su|mismo) (?:mismo )?numero| al xxphone)?(?: xxasap)?(?: (?:para|y) (?:ayudarle|ver|explicar|"
            r"hablar|responder|resolver sus dudas|revisar)(?: (?:le|con|eso|esto|usted|sobre|de|su|sus|la|las|el|pregunta|preguntas|dudas|caso|detalles|todo|una"
            r"|visita|programar))*)?",
    "repair": r"(?:la |una |su )?reparacion",
}  # fmt: skip

HARMLESS: Groups = (
    (always, (
        r"(?:lo )?(?:siento|lamento|lo lamento|disculpe|perdone|perdon|una disculpa)(?: mucho)? ..sympathy", r"(?:le )?(?:entiendo|comprendo|me imagino|imagino) ..sympathy",
        r"(?:muchas |mil )?gracias ..sympathy", r"(?:le )?agradezco ..sympathy",
        r"(?:claro|claro que si|por supuesto|con gusto|con mucho gusto|hola|adios|buenos dias|buenas tardes|de nada|a la orden|que tenga(?: un)? buen(?:as?)? dia"
        r"|con todo gusto|desde luego|que este bien|hasta luego|igualmente|bueno|senora?|xxname)",
        r"(?:es una )?buena pregunta|es una pregunta (?:muy )?(?:buena|razonable)",
        r"(?:eso )?(?:debe|ha de|tiene que) ser (?:muy )?(?:frustrante|incomodo|dificil|pesado|molesto) ..sympathy", r"(?:que|es) (?:muy )?(?:frustrante|incomodo|dificil"
        r"|pesado|molesto|pena) ..sympathy",
        r"(?:yo )?no (?:lo |le |se lo |les )?(?:se|sabria|tengo|puedo|podria|quiero|quisiera) ..knowing",
        r"(?:eso|el precio|el costo|la reparacion|todo)(?: (?:ya|solo))? (?:depende|lo sabe|lo dice|lo ve|lo explica|lo determina|lo decide|varia) ..knowing",
        r"(?:el|un|nuestro|solo el) tecnico (?:se )?(?:le |lo |la )?(?:puede|podra|podria|sabra|sabe|tendria que|tendra que|tiene que|va a poder)(?: (?:decir\w*|explic\w+|ver|verlo"
        r"|revis\w+|responder\w*|contestar\w*|dar\w*|confirmar\w*))? ..knowing", r"(?:eso|esto) es (?:algo )?(?:que|para|pregunta)(?: (?:le|se|lo))* ..knowing",
        r"(?:eso|el precio|el costo)(?: de <repair>)? (?:se )?(?:lo|la|le)? ?(?:dice|explica|da|sabe|ve) (?:el|un) tecnico ..knowing", r"eso no (?:lo |se lo )?(?:se|puedo|sabria) ?..knowing",
        r"(?:eso |esto )?<who> (?:se )?(?:le |lo |la )?(?:puede|pueden|podra|podran|podria|va a poder|van a poder|sabra|sabran)(?: (?:decir\w*|explic\w+|ver\w*|revis\w+|responder\w*|contestar\w*|dar\w*"
        r"|ayudar\w*|resolver\w*|aclarar\w*|orientar\w*))? ..knowing", r"(?:eso |esto |todo eso )?(?:se )?(?:le |lo |la )?(?:puede|pueden|podra|podran)(?: (?:decir\w*|explic\w+|ver\w*|revis\w+|responder\w*"
        r"|contestar\w*|dar\w*|ayudar\w*|resolver\w*|aclarar\w*)) ..knowing",
        r"(?:solo |nada mas )?(?:necesito|necesitamos|me falta|me haria falta|falta|ocupo)(?: (?:un|el|su|saber|que))* (?:numero|telefono|me de|me diga) ..asking",
        r"(?:para|asi) (?:que |poder |nosotros )*(?:llamarle|llamarlo|llamarla|podemos|puedan|pueda|poder|el equipo|alguien|le llamen|comunicarnos|comunicarse|devolverle) ..asking",
        r"(?:digame|deme|me da|dejeme|puede darme|puede dejarme|me puede (?:dar|decir|repetir)) ..asking",
        r"(?:puede|pueda) preguntar(?:le|les|selo)? ..knowing", r"no (?:le |lo |la )?(?:escuche|oi|entendi|alcance a oir) ..asking",
        r"(?:tomese|tome) su tiempo", r"(?:aqui )?(?:estoy|estamos)(?: aqui)? para (?:ayudarle|ayudarlo|ayudarla|servirle)",
    )),
    (calm, (r"no (?:hay|es) (?:ningun )?problema", r"no (?:se preocupe|hay prisa)", r"esta bien")),
)  # fmt: skip
FACTS: Groups = (
    (always, (
        r"(?:la|una) visita(?: de diagnostico)? (?:cuesta|es de|sale en|tiene un costo de|vale) xxfee", r"(?:el costo|el precio|la tarifa)(?: de la visita| del diagnostico| de"
        r" diagnostico)* es(?: de)? xxfee", r"(?:cuesta|son|es de|serian) xxfee(?: (?:la visita|por la visita|de la visita|de diagnostico|por el diagnostico|la))*",
        r"(?:y )?(?:eso|esos xxfee|ese monto|ese dinero|ese costo|esa cantidad|los xxfee|xxfee)? ?(?:que )?(?:se (?:le )?(?:acreditan?|abonan?|descuentan?|aplican?|toman? en cuenta)"
        r"|(?:cuentan?|van?)) (?:a|de|para|en|al|del|hacia|con)(?: (?:el |la )?(?:costo|precio|total) de)?(?: <repair>)(?: si (?:la|lo|se|decide|hace|hacen|acepta|sigue|quiere|"
        r"adelante|hacer|con|reparacion|hacerla|usted|el|trabajo|realiza|autoriza| )+)?",
        r"(?:y )?se (?:le )?(?:acreditan?|abonan?|descuentan?|aplican?) si (?:(?:la|lo|se|decide|hace|hacen|acepta|sigue|adelante|hacer|con|reparacion|hacerla|usted|el|trabajo) ?)+",
        r"si (?:(?:la|lo|se|decide|hace|hacen|acepta|sigue|adelante|hacer|con|reparacion|hacerla|usted) ?)+",
        r"(?:(?:los|hacemos|hay|tenemos|trabajamos|atendemos|las|visitas|son|posibles|tambien|se|pueden|hacer) ?)+xxdays(?: tambien)?", r"xxdays tambien", r"quien (?:le |lo |la )?va a llamar(?:le)?(?: no (?:lo )?se)?", r"(?:solo )?que sera <who>",
        r"(?:solo |nada mas )?(?:trabajamos|trabajamos solo|nos dedicamos|atendemos|hacemos)(?: (?:con|a|en|solo|la|el|solamente|unicamente))* (?:calefaccion|aire)(?: (?:y|aire|acondicionado|el"
        r"|la|calefaccion))*", r"(?:soy|habla con|esta hablando con)(?: (?:la|el|una))* recepcionista virtual(?: (?:de|aqui en|en) xxbiz)?",
        r"el tecnico (?:le )?(?:llama|llamara)(?: (?:unos|como|por))* xxhalf antes(?: de (?:llegar|la visita))?",
        r"(?:damos servicio|servimos|atendemos|trabajamos)(?: (?:en|a|el|la|area|de|codigos|postales|zona))* austin",
    )),
    (lambda s: s.nothing_booked, (
        r"(?:todavia |aun )?no (?:hay|se ha|tiene|he|hemos)(?: (?:nada|ninguna|una|todavia|aun|cita|visita))* ?(?:agendad\w|programad\w|reservad\w|confirmad\w|hecho)?(?: (?:ninguna|nada|una|cita"
        r"|visita|todavia|aun))*", r"nada (?:esta|queda) (?:agendado|programado|reservado|confirmado)(?: todavia| aun)?",
    )),
    (lambda s: s.callback_due, (
        r"<who> (?:le|lo|la) (?:llamara|llamaran|va a llamar|van a llamar|devolvera la llamada|contactara|contactaran)<soon>", r"(?:le|lo|la) (?:llamara|llamaran|llamaremos|van a llamar|va a"
        r" llamar|vamos a llamar|devolveran la llamada|devolveremos la llamada|contactaran)(?: <who>)?<soon>", r"<who> se (?:comunicara|comunicaran|pondra en contacto|va a comunicar) con usted<soon>",
        r"(?:va a recibir|recibira|tendra) (?:una|la) llamada(?: (?:de|del) (?:nuestro )?equipo)?<soon>", r"(?:sera )?xxasap(?: es todo lo que (?:le puedo decir|se))?",
        r"(?:cuando|en cuanto|al) (?:le |lo |la )?(?:llamen|llame|hablen|llamarle|llamarlo)(?: (?:ellos|alguien|usted|el equipo))?", r"(?:la|una) hora(?: exacta)? (?:no )?(?:se )?(?:la|le|lo)? ?(?:puedo|se|sabria|tengo)(?: (?:decir\w*|dar\w*|prometer))?", r"(?:primero )?(?:le|lo|la) va a llamar <who>(?: primero)?", r"en (?:esa|la) llamada",
        r"(?:la|su) llamada (?:ya )?(?:esta|queda) (?:pedida|arreglada|solicitada)", r"no (?:le )?(?:se|puedo|sabria|tengo) (?:decir(?:le)?|la|una|prometer(?:le)?|exactamente|dar(?:le)?)"
        r"(?: (?:la|una|hora|exacta|a|que|le|llaman|llamaran|cuando|exactamente|van|llamar))*",
    )),
)  # fmt: skip
