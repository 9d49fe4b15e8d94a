"""Spanish, as search needs it; without accents, for texts are folded."""

from typing import Final

from faq.content.folding import word_set

STOP: Final = word_set(
    "a ahi ahora al algo alguien algun alguna algunas alguno algunos ante antes aqui asi aun aunque ayuda bien buenas buenos cada "
    "como con cosa cosas cual cuales cuando cuanto da dar de debe deber debo decir del desde despues dia dias dice dijeron dime donde "
    "dos e el ella ellas ello ellos en entre era eran eres es esa esas ese eso esos esta estaba estan estar estas este esto estos "
    "estoy favor fue fueron gracias ha haber habia hace hacer hago han has hasta hay he hola informacion ir la las le les lo los mas "
    "me mejor mi mis mismo mucha muchas mucho muchos muy nada nadie necesito ni no nos nosotros nuestra nuestro o os otra otras otro "
    "otros para pero poco podria por porque pregunta puede pueden puedo pues que quien quiero quisiera saber se sea segun ser si sido "
    "sin sino sobre solo somos son soy su sus tal tambien tan tanto te tener tengo tiene tienen toda todas todo todos tu tus u un una "
    "unas uno unos usted ustedes va vamos van voy y ya yo"
)
ASPECTS: Final = {
    "symptom": r"sintomas?|senal(?:es)?(?: de)?|como se siente|como (?:se|puedo saber) (?:si|que)|que se siente|molestias",
    "treatment": r"trat(?:a|an|ar|ado|amiento|amientos)|cur(?:a|as|ar|an|arse)|terapias?|medicinas?|medicamentos?|remedios?|quitar",
    "diagnosis": r"diagnostic(?:o|a|ar|an)|prueb(?:a|as)|analiz(?:a|an|ar)|analisis|detect(?:a|an|ar)|examen(?:es)?",
    "cause": r"caus(?:a|as|an|ar|ado)|por que (?:me |se |nos )?(?:da|dio|tengo|tiene|salio|paso)|a que se debe|provoca(?:n|r)?|viene de",
    "inheritance": r"hered(?:a|an|ar|ado|itario|itaria)|de familia|se pasa a (?:los|mis) hijos|mis hijos|genetic[oa]",
    "gene": r"gen(?:es)?|mutacion(?:es)?",
    "frequency": r"cuantas personas|que tan (?:comun|frecuente|rar[oa])|es (?:comun|frecuente|rar[oa])|rar[oa]|estadisticas",
    "outlook": r"pronostico|cuanto (?:tiempo )?(?:me queda|viv(?:e|en|ira|ire|ir)|voy a vivir)|esperanza de vida|sobreviv(?:e|en|ir)"
    r"|supervivencia|me voy a morir|se muere|mortal",
    "research": r"investigacion(?:es)?|estudios?(?: clinicos?)?|ensayos?(?: clinicos?)?|que hay de nuevo",
    "prevention": r"preven(?:ir|cion)|evit(?:a|ar|o)",
    "risk": r"quien(?:es)? corren? (?:mas )?riesgo|riesgo de|factores? de riesgo|a quien le da",
    "complication": r"complicacion(?:es)?|efectos? (?:a largo plazo|tardios?)",
    "stage": r"etapas?|estadios?|fases?",
    "action": r"que (?:hago|hacer|puedo hacer|debo hacer)(?: si| cuando)?|dieta|vivir con|convivir con",
    "overview": r"que (?:es|son|significa|quiere decir)|significado|explique(?:n|me)?|explicame|en que consiste",
}
"""The same aspects as in English."""
CONTRACTIONS: Final = ((r"\b(?:q|k)\b", "que"), (r"\bk(?=[ei])", "qu"))
"""Patterns over folded text, and what they stand for."""
