"""What the agent says: the fixed lines in two languages, and the line that asks each question.

A fixed line that is said often has variants that take turns within a call. Lines whose only slots are facts of the business can
be rendered before any call, so they start at once and survive a dead voice. The model words a reply only on a directive
that names the one question to end with; its fallback is always a fixed line.
"""

from call.business import Business
from call.session import Question, Reason
from call.spoken_time import speak_minutes, speak_open_days

NAME_AGAIN = "ask:name:again"
DETAILS_ABOUT = "ask:details:about"
_OF_TEXTS = frozenset({"ask:text", "text_agreed", "text_agreed:later", "callback_promise:open", "advisor_promise:open"})
_NO_NUMBER = "Without a number we can't call you back. Please call us again any time. Goodbye."
_SIN_NUMERO = "Sin un número no le podemos llamar. Llámenos otra vez cuando quiera. Adiós."
# Slots {business}, {fee}, {days} and {ahead} are facts of the business; a line with any other slot is rendered during the call.
_EN: dict[str, tuple[str, ...]] = {
    # The first line of a call that is recorded: nobody knows the caller's language yet.
    "recorded": ("This call is recorded. Esta llamada se graba.",),
    "recorded:asked": ("Yes, this call is recorded. If you don't want that, just tell me.",),
    "greeting": ("Thanks for calling {business}. How can I help you today?",),
    "greeting:disclosed": ("Thanks for calling {business}. I'm an automated assistant. How can I help you today?",),
    # Questions
    "ask:how_can_i_help": ("How can I help you today?", "What can we do for you?"),
    "ask:safety": (
        "Before we go on: do you smell gas or something burning, or see smoke right now?",
        "Just for your safety: is there any smell of gas, any burning smell or smoke right now?",
    ),
    "safety_follow_up": (
        "Just to be sure: is there a gas smell, a burning smell, smoke, a carbon monoxide alarm, or anyone feeling dizzy or sick right now, yes or no?",
        "Please tell me yes or no: gas smell, burning smell, smoke, a carbon monoxide alarm, or anyone feeling sick, right now?",
    ),
    "ask:zip": ("What's the ZIP code where you need service?", "Could you give me the five digits of the ZIP code?"),
    "ask:zip:which": ("And which one is the ZIP code of the place where you need service?",),
    "ask:zip_confirm": ("I heard {zip}, which is outside the area we serve. Is that ZIP right?",),
    "ask:zip_confirm:other": ("I heard another ZIP now, {zip}. Is that the one for this visit?",),
    "ask:problem": ("What's going on with your system?", "Could you tell me what the problem is?"),
    "ask:name": ("May I have your name, please?", "What name should I put on the visit?"),
    NAME_AGAIN: ("I didn't quite get that. What name should I put on the visit?",),
    "ask:address": ("What's the street address for the visit?", "Could you tell me the house number and the street?"),
    "ask:phone": ("What's the best number to reach you at?", "Could you give me a phone number with the area code?"),
    "ask:phone:rest": ("And the rest of the number, please?", "What are the last digits of the number?"),
    "ask:address:which": ("I've noted {places}. Which one is this visit for?",),
    "ask:when": (
        "How soon do you need someone: as soon as possible, or is there a day that works best?",
        "When should we come: as soon as possible, or on a certain day?",
    ),
    "ask:read_back": (
        "So that's {name} at {address}, {time}. The visit is {fee} dollars. Shall I book it?",
        "I have {name}, {address}, {time}. Shall I go ahead and book it?",
    ),
    "ask:read_back:yes_or_no": (
        "Just so I have it right, yes or no: shall I book {time} for {name} at {address}?",
        "I can only book it with a yes. Shall I book {time} for {name} at {address}, yes or no?",
    ),
    "ask:read_back:other": (
        "There's no opening then. The nearest is {time}, for {name} at {address}. The visit is {fee} dollars. Shall I book it?",
        "Then I have nothing open, but I do have {time}, for {name} at {address}. Shall I book that?",
    ),
    "ask:read_back:second": (
        "There's already a visit that day, so this would be a second one: {name} at {address}, {time}. Shall I book both?",
    ),
    "ask:read_back:another": (
        "You already have a visit with us, so this would be a second one: {name} at {address}, {time}. Shall I book both?",
    ),
    "ask:read_back:perhaps": (
        "Your last call may have set up a visit already, so this could be a second one: {name} at {address}, {time}. Shall I book it?",
    ),
    "ask:change_what": (
        "What would you like to change?",
        "Which part should I change: the name, the address or the time?",
    ),
    "ask:when:day": ("It's past midnight, so do you mean today, {today}, or tomorrow, {tomorrow}?",),
    "ask:when:other": ("What other day or time would work for you?",),
    "ask:when:slots": ("I could also offer {slots}. Would one of those work, or is another day better?",),
    "ask:site_contact": ("Could I get the name and number of the person who will be at the property?",),
    "ask:other_time": ("The time I could get is {time} instead. Does that work for you?",),
    "ask:anything_else": ("Is there anything else I can help with?",),
    "ask:schedule_offer": ("Would you like to schedule a visit?", "Shall we set up a visit?"),
    "ask:details": ("May I have your name, and what it's about?", "Could you tell me your name and what it's about?"),
    DETAILS_ABOUT: ("And what is it about?",),
    "ask:manage_what": (
        "Would you like to move it, cancel it, check the time, or leave a message for the technician?",
    ),
    "ask:booking_name": ("What name is the appointment under?", "And what is the full name on it, first and last?"),
    "ask:booking_name:street": (
        "I couldn't match that. What's the full name on it, first and last, or the street address the visit is for?",
    ),
    "ask:go_on": (
        "We spoke a little while ago{about}. Shall we go on from there?",
        "I mean your call a little while ago{about}. Shall we go on with that, yes or no?",
    ),
    "ask:end_doubt": ("Did you want us to look at your heating or cooling?",),
    "ask:end_doubt:no_visit": ("Do you still want us to come out?",),
    "ask:end_doubt:person": ("Would you rather speak with someone from our team?",),
    "ask:second_visit": (
        "Would you like a second visit besides that one?",
        "Should we set up a second visit besides it, yes or no?",
    ),
    "ask:text": ("Shall I text that to this number?",),
    "ask:text:number": ("Shall I text that to {number}?",),
    "ask:cancel_confirm": ("Your visit is on {date} at {clock}. Shall I cancel it?",),
    "ask:new_time": ("What day and time would work better?", "When should we come instead?"),
    "ask:new_time:slots": ("I could offer {slots}. Would one of those work, or is another day better?",),
    "ask:move_confirm": ("I can move your visit to {time}. Shall I do that?",),
    "ask:move_confirm:other": ("There's no opening then. The nearest is {time}. Shall I move your visit there?",),
    # Statements
    "known_caller": ("Thanks for calling again, {name}.",),
    "has_appointment": ("I see there's already a visit on the books for this number.",),
    "visit_perhaps": ("Your last call may have set up a visit already, and the team is checking that.",),
    "several_calls": ("I'm sorry you had to call us more than once.",),
    "sorry_to_hear": ("Sorry to hear that.", "I understand."),
    "got_it": ("Okay.", "Thank you.", "Got it."),
    "corrected": ("Okay, I've changed that.", "Thanks, I've corrected that."),
    "sorry_upset": ("I'm sorry about the trouble.",),
    "answer_later": ("The technician can go over that with you.",),
    "callback_owed": ("I also see that we owe you a call back{about}.",),
    "follow_up": ("I can have someone call you back with an update, or set up a visit now. Which would you like?",),
    "no_appointment": ("I don't see an appointment under this number, but I can set up a visit.",),
    "billing_intro": ("Our billing team will need to call you back about that.",),
    "warranty_intro": ("Our warranty team will need to call you back about that.",),
    "price": ("The diagnostic visit is {fee} dollars, and that's credited if you go ahead with the repair.",),
    "price:not_credited": ("The diagnostic visit is {fee} dollars.",),
    "open_days": ("We make visits {days}.",),
    "robot": ("I'm the virtual receptionist of {business}.",),
    "vendor": (
        "Thanks for reaching out, but we're not taking sales calls. Is there anything you need serviced yourself?",
    ),
    "applicant": (
        "Thanks for your interest. Please send your application by e-mail, the address is on our website. "
        "Is there anything you need serviced?",
    ),
    "cut_off": ("Sorry, we got cut off.",),
    "to_a_person": ("I'm sorry, we keep getting cut off. Let me connect you with somebody.",),
    "transfer": (
        "Of course. I'm connecting you with someone from our team now. If nobody picks up, I'll be right back.",
    ),
    "number_taken": ("I have {number}.", "So the number is {number}."),
    "number_hidden": ("I'm sorry, I can't see the number you're calling from.",),
    "zip_not_known": ("That's fine, the team will check the area.",),
    "noted": ("I've noted that for the team.",),
    "noted:visit": ("I can't change that here, but I've noted it, and our team will see to it.",),
    "recording_stopped": ("Okay, I've stopped recording, and what was recorded is being deleted.",),
    "recording_stopped:none": ("This call isn't recorded.",),
    "go_on": ("Sure, go ahead.",),
    "take_your_time": ("Sure, take your time.", "No problem, I'll wait."),
    # The same as long as no number is known: nobody can be promised a call
    "callback:limit:no_number": ("I'd like to pass this on to the team.",),
    "callback:caller_wish:no_number": ("Of course.",),
    "callback:not_connected:no_number": ("I'm sorry, nobody could pick up just now.",),
    "callback:cut_short:no_number": ("I'm sorry, that connection was lost.",),
    "callback:no_agreement:no_number": ("I understand. That's one for the team.",),
    "callback:high_ticket:no_number": ("A new system is something for one of our comfort advisors.",),
    "callback:fault:no_number": ("I'm having trouble hearing you.",),
    "callback_promise:no_number": (_NO_NUMBER,),
    "advisor_promise:no_number": (_NO_NUMBER,),
    "callback_promise:open:no_number": (_NO_NUMBER,),
    "advisor_promise:open:no_number": (_NO_NUMBER,),
    "callback_answer:no_number": ("They can go over that with you when you call us again.",),
    "billing_intro:no_number": ("Our billing team takes care of that.",),
    "warranty_intro:no_number": ("Our warranty team takes care of that.",),
    "follow_up:no_number": ("I can pass that on to the team, or set up a visit now. Which would you like?",),
    "booked:no_number": ("You're booked for {time}.",),
    # Waiting
    "booking_filler": ("One moment while I book that.",),
    "moving_filler": ("One moment while I change that.",),
    "filler": ("One moment, please.", "I'm still checking, thanks for waiting.", "Just a little longer, please."),
    "still_there": ("Are you still there?", "Hello, can you hear me?"),
    # Ends
    "booked": ("You're booked for {time}. The technician will call {ahead} ahead.",),
    "text_agreed": ("Okay, I'll text it to you.",),
    "text_agreed:later": ("Okay, I'll text it to you after eight in the morning.",),
    "booked_close": ("Thank you. We'll see you {time}. Goodbye.",),
    "cancelled": ("Your visit is cancelled.",),
    "rescheduled": ("Your visit is moved to {time}.",),
    "status": ("Your visit is on {date} at {clock}.",),
    "close": ("Thank you for calling {business}. Goodbye.",),
    "callback:limit": ("Let me have someone from the team call you back.",),
    "callback:caller_wish": ("Of course. I'll have someone call you.",),
    "callback:not_connected": ("I'm sorry, nobody could pick up just now. I'll have someone call you.",),
    "callback:cut_short": ("I'm sorry, that connection was lost. I'll have someone call you.",),
    "callback:billing": ("Thank you, I'll pass that on to billing.",),
    "callback:warranty": ("Thank you, I'll pass that on to the warranty team.",),
    "callback:follow_up": ("I'll pass that on to the team.",),
    "callback:no_agreement": ("I understand. Someone will find a time with you.",),
    "callback:high_ticket": ("For a new system, one of our comfort advisors will talk it through with you.",),
    "callback:booking_failed": ("I'm sorry, I couldn't book that visit.",),
    "callback:booking_uncertain": ("I'm sorry, I couldn't make sure that the visit went through.",),
    "callback:manage_failed": ("I'm sorry, I couldn't make sure of that change.",),
    "callback:manage_unverified": (
        "To be on the safe side, I'd like someone from the team to go over that appointment with you.",
    ),
    "callback:fault": ("I'm having trouble hearing you. Let me have someone from the team call you back.",),
    "callback:sorry": ("I'm sorry, something went wrong on our side.",),
    "callback_promise": ("Someone from our team will call you back as soon as possible. Thank you, goodbye.",),
    "advisor_promise": ("A comfort advisor will call you as soon as possible. Thank you, goodbye.",),
    # The same when a question follows
    "callback_promise:open": ("Someone from our team will call you back as soon as possible.",),
    "advisor_promise:open": ("A comfort advisor will call you as soon as possible.",),
    "no_number": (_NO_NUMBER,),
    "callback_answer": ("They can go over that with you when they call.",),
    "goodbye:out_of_area": ("I'm sorry, we don't serve that area. Thank you for calling {business}, and goodbye.",),
    "goodbye:wrong_number": ("No problem, it seems you have the wrong number. Goodbye.",),
    "goodbye:vendor": ("Thank you for calling. Goodbye.",),
    "goodbye:applicant": ("Thank you for calling, and good luck. Goodbye.",),
    "goodbye:other_trade": (
        "I'm sorry, we only work on heating and cooling for buildings, so that's one for somebody else. Goodbye.",
    ),
    "goodbye:done": ("Thank you for calling {business}. Goodbye.",),
    "goodbye:no_visit": ("All right, I haven't booked anything. Please call us again any time. Goodbye.",),
    "goodbye:as_it_is": ("All right, your visit stays as it is. Thank you, goodbye.",),
    "goodbye:transferred": ("Thank you for calling {business}. Goodbye.",),
    "goodbye:silence": ("I can't hear you, so I'll let you go. Please call us again any time. Goodbye.",),
    "safety_exit": (
        "Please leave the house now and call 911 from outside. Don't touch any light switches on the way out.",
    ),
    "safety_exit:person": ("Please call 911 right now, that comes first. Hang up and call them.",),
    "goodbye:again": ("Thank you. Goodbye.",),
}

_ES: dict[str, tuple[str, ...]] = {
    "ask:safety": ("Por su seguridad: ¿huele a gas o a quemado, o ve humo en este momento?",),
    "safety_follow_up": (
        "Para estar seguros: ¿hay olor a gas, olor a quemado, humo, una alarma de monóxido o alguien con mareos, sí o no?",
    ),
    "safety_exit": ("Salga de la casa ahora y llame al 911 desde afuera. No toque ningún interruptor de luz.",),
    "safety_exit:person": ("Por favor cuelgue y llame al 911 ahora mismo; eso es lo primero.",),
    "callback:spanish": ("Gracias.",),
    "has_appointment": ("Veo que ya hay una visita programada con este número.",),
    "cut_off": ("Perdone, se cortó la llamada.",),
    "to_a_person": ("Perdone, la llamada se corta. Le comunico con una persona.",),
    "transfer": (
        "Por supuesto. Le comunico ahora con alguien de nuestro equipo. Si nadie contesta, vuelvo con usted enseguida.",
    ),
    "callback:not_connected": ("Lo siento, nadie pudo contestar en este momento.",),
    "callback:cut_short": ("Lo siento, se cortó la comunicación.",),
    "callback:not_connected:no_number": ("Lo siento, nadie pudo contestar en este momento.",),
    "callback:cut_short:no_number": ("Lo siento, se cortó la comunicación.",),
    "goodbye:transferred": ("Gracias por llamar a {business}. Adiós.",),
    "ask:how_can_i_help": ("¿En qué le podemos ayudar?",),
    "callback:limit": ("Alguien de nuestro equipo le llamará.",),
    "callback:fault": ("No le escucho bien. Alguien de nuestro equipo le llamará.",),
    "callback:sorry": ("Lo siento, tuvimos un problema de nuestro lado.",),
    "callback_answer": ("Lo pueden ver con usted cuando le llamen.",),
    "take_your_time": ("Claro, tómese su tiempo.",),
    "no_number": (_SIN_NUMERO,),
    "callback:limit:no_number": ("Lo paso al equipo.",),
    "callback:fault:no_number": ("No le escucho bien.",),
    "callback:caller_wish:no_number": ("Por supuesto.",),
    "callback_promise:no_number": (_SIN_NUMERO,),
    "callback_promise:open:no_number": (_SIN_NUMERO,),
    "callback_answer:no_number": ("Lo pueden ver con usted cuando nos llame otra vez.",),
    "sorry_upset": ("Lamento las molestias.",),
    "recorded:asked": ("Sí, esta llamada se graba. Si no lo desea, dígamelo.",),
    "recording_stopped": ("De acuerdo, ya no grabo, y lo grabado se está borrando.",),
    "recording_stopped:none": ("Esta llamada no se graba.",),
    "goodbye:wrong_number": ("No hay problema, parece que se equivocó de número. Adiós.",),
    "goodbye:vendor": ("Gracias por llamar. Adiós.",),
    "ask:end_doubt": ("¿Quería que revisáramos su calefacción o su aire?",),
    "ask:end_doubt:person": ("¿Prefiere hablar con alguien de nuestro equipo?",),
    "goodbye:other_trade": ("Lo siento, solo trabajamos con calefacción y aire acondicionado. Adiós.",),
    "goodbye:applicant": ("Gracias por su interés. Adiós.",),
    "robot": ("Soy la recepcionista virtual de {business}.",),
    "callback:caller_wish": ("Por supuesto.",),
    "callback_promise": ("Alguien de nuestro equipo le llamará lo antes posible. Gracias, adiós.",),
    "callback_promise:open": ("Alguien de nuestro equipo le llamará lo antes posible.",),
    "ask:text": ("¿Se lo mando por mensaje de texto a este número?",),
    "ask:text:number": ("¿Se lo mando por mensaje de texto al {number}?",),
    "text_agreed": ("De acuerdo, se lo mando por mensaje.",),
    "noted": ("Lo he anotado para el equipo.",),
    "text_agreed:later": ("De acuerdo, se lo mando por mensaje después de las ocho de la mañana.",),
    "ask:phone": ("¿A qué número le podemos llamar?",),
    "ask:phone:rest": ("¿Y el resto del número?",),
    "number_taken": ("Tengo el {number}.",),
    "number_hidden": ("Perdone, no veo el número del que llama.",),
    "still_there": ("¿Sigue ahí?",),
    "goodbye:silence": ("No le escucho. Por favor, llámenos otra vez cuando quiera. Adiós.",),
    "goodbye:done": ("Gracias por llamar a {business}. Adiós.",),
    "goodbye:again": ("Gracias. Adiós.",),
    "filler": ("Un momento, por favor.",),
    "close": ("Gracias por llamar a {business}. Adiós.",),
}


def unpromised(key: str) -> str:
    """The line in the place of `key` when no number is known to call: itself if it promises no call."""
    instead = f"{key}:no_number"
    return instead if instead in _EN else key


def line(key: str, language: str, business: Business, said: int = 0, **slots: str) -> str:
    """The fixed line `key`; of its variants the one whose turn it is when it was said `said` times before.

    Raises:
        KeyError: there is no such line, or a slot is missing.
    """
    key = _of_this(business, key)
    variants = (_ES.get(key) if language == "es" else None) or _EN[key]
    return variants[said % len(variants)].format(**_facts(business), **slots)


def _facts(business: Business) -> dict[str, str]:
    """What a line may say of the business."""
    return {
        "business": business.name,
        "fee": str(business.diagnostic_fee),
        "days": speak_open_days(business.open_days, business.holidays),
        "ahead": speak_minutes(business.calls_ahead_minutes),
    }


def _of_this(business: Business, key: str) -> str:
    """The line in the place of `key` where the business does not do what that one promises, or says more."""
    if key == "greeting" and business.discloses:
        return "greeting:disclosed"
    if key == "recording_stopped" and not business.records:
        return "recording_stopped:none"
    if key == "price" and not business.fee_is_credited:
        return "price:not_credited"
    if key == "booked" and not business.calls_ahead_minutes:
        return "booked:no_number"
    return key


def question_key(question: Question, case: str = "") -> str:
    """The line that asks `question`, in a case that has one of its own."""
    return f"ask:{question}:{case}" if case else f"ask:{question}"


def callback_key(reason: Reason) -> str:
    """The line that opens a callback for `reason`; the promise follows it."""
    key = f"callback:{reason}"
    return key if key in _EN or key in _ES else "callback:limit"


def pre_renderable(business: Business) -> tuple[str, ...]:
    """Every line that needs nothing but facts of the business, most urgent first."""
    facts = _facts(business)
    unsaid = {"price" if _of_this(business, "price") != "price" else "price:not_credited"}
    unsaid.add("greeting" if business.discloses else "greeting:disclosed")
    if business.always_open:
        unsaid.add("open_days")
    if not business.texts_callers:
        unsaid |= _OF_TEXTS
    if not business.records:
        unsaid |= {"recorded", "recorded:asked", "recording_stopped"}
    urgent = (
        "recorded",
        "greeting",
        "greeting:disclosed",
        "safety_exit",
        "safety_exit:person",
        "callback:limit",
        "callback_promise",
        "callback:fault",
        "filler",
        "still_there",
    )
    ordered = sorted(
        (key for key in _EN if key not in unsaid),
        key=lambda key: (key not in urgent, urgent.index(key) if key in urgent else 0),
    )
    texts = []
    for language, keys in ((_EN, ordered), (_ES, [key for key in _ES if key not in unsaid])):
        for key in keys:
            for variant in language[key]:
                try:
                    texts.append(variant.format(**facts))
                except KeyError:
                    continue
    return tuple(dict.fromkeys(texts))


def speak_number(phone: str) -> str:
    """`+15125550134` as `5 1 2, 5 5 5, 0 1 3 4`; one from abroad digit by digit."""
    digits = phone.lstrip("+")
    if not phone.startswith("+1"):
        return speak_digits(digits)
    return ", ".join(map(speak_digits, (digits[1:4], digits[4:7], digits[7:])))


def speak_digits(digits: str) -> str:
    """`78613` as `7 8 6 1 3`, so that a voice reads digits and not a number."""
    return " ".join(digits)
