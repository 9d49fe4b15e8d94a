"""English, as search needs it: the words that say nothing by themselves, and what patients' questions ask about a thing."""

from typing import Final

from faq.content.folding import word_set

STOP: Final = word_set(
    "a about above actually after again ago all also am an and another any anyone anything are aren as at away be because been before "
    "being below between both but by came can cannot could couldn d dear did didn do does doesn doing don done down during each "
    "either else etc even ever every few find for from further get gets getting go goes going gone got had has hasn have haven having "
    "he hello help her here hers herself hi him himself his how however i if im in info information into is isn it its itself ive "
    "just keep know let like ll lot m many may maybe me mean might mine more most much must my myself need needs no nor not now of "
    "off ok okay on once one only or other our ours out over own people perhaps please put question questions quite rather re really "
    "s said same say says see seems shall she should shouldn so some somebody someone something still such sure t take taken takes "
    "tell than thank thanks that the their theirs them then there these they thing things think this those through to told too under "
    "until up upon us use used ve very want wants was wasn way we well were weren what when where whether which while who whom whose "
    "why will with without won wonder wondering would wouldn yes yet you your yours yourself"
)
ASPECTS: Final = {
    "symptom": r"symptoms?|signs?(?: of)?|feels? like|looks? like|how (?:do|can|would|will|could) (?:i|you|we|one) (?:know|tell)"
    r"(?: if| whether| that)?(?: (?:i|you|we|they|he|she) (?:have|has|had|got|am|are))?|happens? (?:if|when) (?:you|i|we|someone|somebody)"
    r" (?:have|has|gets?)",
    "treatment": r"treat(?:s|ed|ing|ment|ments)?|cur(?:e|es|ed|ing|able)|therap(?:y|ies)|medicines?|medications?|drugs?|remed(?:y|ies)"
    r"|get rid of|what helps|manage(?:d|ment)?",
    "diagnosis": r"diagnos(?:e|es|ed|ing|is|tic)|test(?:s|ed|ing)?|detect(?:s|ed|ion|ing)?|screen(?:ed|ing)|find out (?:if|whether)"
    r"|check(?:ed)? for",
    "cause": r"caus(?:e|es|ed|ing)|brings? on|brought on|reasons? (?:for|of)|why (?:do|does|did|is|are|have)(?: (?:i|you|we|people|some"
    r"|someone))?(?: (?:get|have))?|how (?:did|do|does|can|could|would) (?:i|you|we|people|someone|one) (?:get|catch|develop)|leads? to"
    r"|comes? from|due to|trigger(?:s|ed)?",
    "inheritance": r"inherit(?:s|ed|ance)?|heredit(?:y|ary)|run(?:s|ning)? in (?:the |my |our |your )?famil(?:y|ies)|(?:will|can|could"
    r"|would|do|are) (?:my|our|the) (?:children|kids|child|son|daughter|baby) (?:get|have|inherit|develop)"
    r"|pass(?:ed)?(?: (?:it|this|that))?(?: (?:down|on))?|"
    r"(?:genetically )passed(?: down)?|genetic|to my (?:kids|children|child|son|daughter)|family history",
    "gene": r"genetic changes?(?: related to)?|gene mutations?|genes?|mutations?",
    "frequency": r"how (?:many|much) (?:people|persons|men|women|children|cases)(?: (?:are affected(?: by)?|have|get))?"
    r"|how (?:common|rare|frequent|often)|rare|prevalen(?:ce|t)|incidence|statistics",
    "outlook": r"outlook(?: for)?|prognos(?:is|es)|life expectancy|life ?span|surviv(?:e|es|al|ed|ing)|how long (?:can|do|does|will|would"
    r"|did|have) (?:(?:i|you|we|people|someone|he|she|they|a person) )?(?:have|got|live|last)?(?: to live)?|(?:will|can|do) (?:i|he|she|you"
    r"|they|we) (?:ever )?(?:get|be|feel) (?:better|well|cured)|fatal|deadly|terminal|di(?:e|es|ed) (?:of|from)",
    "research": r"(?:new |newest |latest |recent |current |ongoing )*(?:research|stud(?:y|ies)|(?:clinical )?trials?)"
    r"(?: \(or clinical trials\))?(?: (?:is|are) being done(?: for| on)?)?|what'?s new",
    "prevention": r"prevent(?:s|ed|ing|ion)?|avoid(?:s|ed|ing)?|(?:stop|keep from|not) getting|protect (?:myself|me) (?:from|against)"
    r"|(?:lower|reduce) (?:my|the|your) (?:risk|chances?)",
    "risk": r"(?:who|which people|what people) (?:is|are) at risk(?: for| of)?|at risk(?: for| of)?|risk factors?(?: for| of)?"
    r"|who (?:gets?|can get)|(?:my )?chances? of (?:getting|having)|susceptible(?: to)?",
    "complication": r"complications?(?: of)?|long[- ]term effects?(?: of)?|what can go wrong",
    "stage": r"stag(?:e|es|ed|ing)(?: of)?",
    "action": r"what to do(?: for)?|what (?:can|should|do) (?:i|you|we|one) (?:do|eat)(?: about| for| to help| if| when)?|diet|living with"
    r"|cop(?:e|ing) with|live with",
    "overview": r"what(?:'s| is| are)(?: \(are\))?(?: an?| the)?|what does|tell me(?: more)? about|mean(?:s|ing)?|explain(?: to me)?"
    r"|describe|overview(?: of)?|do you have information about|information (?:about|on)|learn (?:more )?about|(?:i )?was told i have"
    r"|what that",
}
"""What a question asks about its thing: patterns over folded text. A cure and a treatment are one, as are “runs in families” and
“is inherited”; `overview` is what a bare name asks for."""
CONTRACTIONS: Final = (
    (r"\b(?:can't|cant|cannot|can t)\b", "can not"),
    (r"\b(?:won't|wont)\b", "will not"),
    (r"\b(do|does|did|is|was|are|have|has|had|would|could|should)(?:n't|nt)\b", r"\1 not"),
    (r"\b(i|you|we|they|he|she|it|that|there|what|who)'(?:m|s|re|ve|d|ll)\b", r"\1"),
)
"""Patterns over folded text, and what they stand for."""
