"""The words that an offer is taken in, and those that decline it politely: whether to text something.

Phrases over plain words without marks, English and Spanish. "I'm good", "that's fine" and "no worries" agree to a
read-back; to an offer they are as often a no, and in doubt nobody has consented.
"""

from understanding.answers.answer_words import GOOD
from understanding.text.plain import phrase

_VERY = r"(?:so |very |really |just |all |absolutely |totally |pretty |still |actually |perfectly |definitely )*"
_THERE = r"(?:this|that) (?:number|phone|cell phone|cell|mobile)"
_FINE = r"(?:good|fine|okay|ok|alright|set|done|great|cool|perfect|covered)"

# A yes by itself, whatever polite words are beside it
CLEAR_YES = phrase(
    r"yes|yeah|yea|yep|yup|yessir|yessiree|mhmm|affirmative|indeed|correct|you bet|of course|by all means",
    rf"(?:absolutely|definitely|certainly|totally)(?! {_VERY}{GOOD}(?!\S))",
    r"(?<!i )(?<!we )(?<!am )(?<!are )(?<!it )sure(?! (?:do|is|appreciate|thank|thanks for)(?!\S))",
    r"(?<!oh )please(?! (?:have|take|enjoy|be|tell)(?!\S))|go (?:right )?ahead|go for it|do (?:that|it|so)",
    r"(?:text|send|shoot)(?: (?:it|that|this|me|us|over|here|a|the|one))+",
    rf"(?:would|will) be {_VERY}(?:{GOOD}|helpful|a (?:big |great )?help)",
    r"would (?:really |sure )?(?:like|love|appreciate) (?:that|it|this|a text|one)",
    rf"{_THERE} (?:is {_VERY}{GOOD}|works|will work|will do)|(?:a |the )?(?:text|message) (?:is {_VERY}{GOOD}|works)",
    r"si|claro|por favor|por supuesto|como no|dale|adelante|(?:mande|envie|texte)(?:me|se)?(?:l[ao])?",
)
# A yes where nothing but thanks is beside it
OKAY = phrase(
    r"ok|okay|alright|perfect|great|wonderful|awesome|excellent|fantastic|lovely|cool|perfecto|vale|orale|de acuerdo",
    rf"(?:that |it |this )?sounds {_VERY}{GOOD}|(?:that |this |it )?works(?: (?:great|for me|for us))?",
)
THANKS = phrase(
    r"(?:thank you|thanks)(?: (?:so|very) much| a (?:lot|bunch|million|ton)| again)*|(?:muchas |mil )?gracias",
    r"(?:i )?(?:really |do |sure )*appreciate (?:it|that|you)",
)
# "I need nothing more": beside a yes it takes it back
NEEDS_NOTHING = phrase(
    rf"(?:i am|we are|you are|(?:i|we|you) (?:will|would|should) be) {_VERY}(?:{_FINE}|happy)"
    r"(?! (?:with|for|on) (?:it|that|this|a|the|you|text\w*)(?!\S))",
    rf"it is {_VERY}(?:good|fine|okay|ok|alright|cool)|all (?:good|set|done)|good to go",
    r"that is (?:about |really |just )*(?:it|all|everything|enough|plenty)(?! (?:right|good|fine|correct)(?!\S))",
    r"that (?:will|would|should|does)(?: (?:be|do))? (?:it|all|everything|plenty)|that (?:will|should) do",
    r"(?:i|we|you) (?:have |have got |got )(?:it|that|everything|all (?:i|we) need)(?: \w+)?",
    r"(?:all|everything|what) (?:i|we) (?:need|needed|wanted)|no (?:worries|bother|need)|never mind",
    r"(?:do|does) not (?:worry|bother|matter)|nothing(?: else)?|(?:i|we) (?:can|will) remember",
    r"(?:estoy|estamos|todo) (?:muy )?bien|asi (?:esta|estoy|quedo) (?:muy )?bien|(?:esta|estoy) bien asi|es todo"
    r"|ya (?:esta|estamos|estoy)|nada mas|asi (?:no mas|nomas)|no se preocupe",
)
