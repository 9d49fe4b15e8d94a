"""Words by which a sentence is known to be about a medicine, a sign, an act or a risk, in English and in Spanish.

Medicines are known by the stems of international nonproprietary names (WHO, “The use of stems in the selection of INN for pharmaceutical
substances”), beside the names that a library has itself. The signs are those for which health services tell people to call: no list of
one illness. English serves every language that has no list of its own, as in figure_patterns.py.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

STEMS: Final = (
    "anib|azepam|azol|azole|buvir|caina|caine|ciclib|ciclina|ciclovir|cilina|cillin|citabine|cycline|deruxtecan|dipine|"
    "dronate|dronato|dronic|ercept|fenac|fentanil|floxacin|floxacino|gatran|gliflozin|gliptin|glutida|glutide|grastim|grel|"
    "inib|lisib|mab|mabs|metasona|metasone|micina|morelin|mycin|navir|nib|nibs|nisolona|nisolone|nisona|nisone|olol|oxetina|"
    "oxetine|oxifen|oxifeno|parib|parin|parina|platin|poetin|prazol|prazole|previr|pril|profen|relix|reotida|reotide|"
    "rolimus|rubicin|sartan|setron|statin|statina|strant|tansin|tansine|taxel|tecan|tinib|trexate|trexed|triptan|tuzumab|"
    "vedotin|xaban|ximab|zumab"
)
"""Endings of a word of six letters or more."""
MEDICINES: Final = {
    "en": (
        r"medicines?|medications?|drugs?|tablets?|capsules?|pills?|doses?|infusions?|injections?|injected|vaccin\w+|antibiotics?|"
        r"pain ?killers?|steroids?|insulin|chemo(?:therapy)?|radio(?:therapy)|radiation|hormone (?:therapy|treatment|tablets?)|"
        r"immunotherapy|anaesthetic|anesthetic|blood thinners?|contracepti\w+|supplements?|herbal|transfusions?"
    ),
    "es": (
        r"medicamentos?|medicinas?|fármacos?|comprimidos?|pastillas?|cápsulas?|dosis|infusi(?:ón|ones)|inyecci(?:ón|ones)|vacunas?|"
        r"antibióticos?|analgésicos?|esteroides?|corticoides?|insulina|quimio(?:terapia)?|radioterapia|radiación|terapia hormonal|"
        r"tratamiento hormonal|inmunoterapia|anestesi\w+|anticoagulantes?|anticoncepti\w+|suplementos?|transfusi(?:ón|ones)"
    ),
}
SIGNS: Final = {
    "en": (
        r"fevers?|feverish|temperature|chills|shiver\w*|bleed\w*|blood(?:y)?|bruis\w+|pains?|painful|ache\w*|breath\w*|cough\w*|wheez\w+|"
        r"swell\w*|swollen|lumps?|rash(?:es)?|itch\w*|hives|dizz\w+|faint\w*|collaps\w+|seizures?|fits|confus\w+|drows\w+|numb\w*|tingl\w+|"
        r"weak\w*|paraly\w+|vomit\w*|nausea|diarrh\w+|constipat\w+|headaches?|vision|eyesight|jaundice|yellow\w*|urine|stools?|clots?|"
        r"palpitations?|heartbeat|heart problems?|chest|tired\w*|memory|nerves?|menopaus\w+|infect\w+|dehydrat\w+|suicid\w+|"
        r"harm yourself|hurt yourself|lightheaded|mouth sores?|"
        r"allerg\w+|pregnan\w+|breast-?feed\w*"
    ),
    "es": (
        r"fiebre|temperatura|escalofríos?|sangr\w+|hemorragi\w+|moret\w+|dolor(?:es)?|duele\w*|respir\w+|aliento|tos|silbid\w+|hincha\w*|"
        r"bultos?|sarpullido|erupci(?:ón|ones)|picor|picaz\w+|urticaria|mare\w+|desmay\w+|convulsi(?:ón|ones)|confusi(?:ón|ones)|"
        r"confundid\w+|somnolen\w+|adormec\w+|entumec\w+|hormigue\w+|debilidad|débil\w*|parálisis|vómitos?|vomit\w+|náuseas?|diarrea|"
        r"estreñimiento|cefaleas?|visión|vista|ictericia|amarill\w+|orina|heces|coágulos?|palpitaci(?:ón|ones)|latidos?|"
        r"pecho|cansanci\w+|memoria|nervios|menopausi\w+|infecci\w+|"
        r"deshidrat\w+|suicid\w+|hacerse daño|llagas|alergi\w+|alérgic\w+|embaraz\w+|amamant\w+|lactancia"
    ),
}
ACTS: Final = {
    "en": (
        r"call|ring|phone|dial|emergency|ambulance|hospital|urgent\w*|right away|straight away|at once|immediately|same[- ]day|tonight|"
        r"(?:do not|don['’]t|never) \w+|must(?: not)?|stop(?:ping)?|avoid\w*|tell (?:your|the|them|us|a)|contact|seek|wait\w*|"
        r"911|999|112"
    ),
    "es": (
        r"llam\w+|marque|emergencias?|urgencias?|urgentes?|urgentemente|ambulancia|hospital|enseguida|de inmediato|inmediatamente|"
        r"mismo día|esta noche|no (?:deje|tome|use|espere|conduzca|suspenda|interrumpa)\w*|nunca|debe(?: no)?|suspend\w+|evit\w+|esper\w+|"
        r"(?:avise|dígale?|diga|informe|comuníque\w+|contacte) ?\w*|911|999|112"
    ),
}
RISKS: Final = {
    "en": (
        r"deaths?|die[ds]?|dying|deadly|fatal|surviv\w+|live[ds]? (?:longer|shorter)|alive|risks?|risky|harm\w*|damag\w+|"
        r"danger\w*|unsafe|safe(?:ly|r)?|"
        r"side effects?|toxic\w*|cured?|cures|come[s]? back|came back|spread\w*|recur\w*|treatments?|treated|therap(?:y|ies)|"
        r"surgery|operations?|"
        r"scans?|positive|negative|benefits?|approv\w+|licensed|ending (?:your )?life|children|women|men|affect\w*|people with"
    ),
    "es": (
        r"muertes?|muer[ae]n?|morir|mortal\w*|sobreviv\w+|supervivencia|viv(?:e|en|ir) (?:más|menos)|riesgos?|dañ\w+|peligr\w+|segur[oa]s?|"
        r"efectos secundarios|tóxic\w+|cura[nr]?|curación|volver|vuelv\w+|extend\w+|recaíd\w+|tratamientos?|tratad\w+|terapias?|cirugía|"
        r"operaci(?:ón|ones)|positiv[oa]s?|negativ[oa]s?|beneficios?|aprob\w+|autoriz\w+|quitarse la vida|niñ[oa]s|mujeres|"
        r"hombres|afect\w+|personas con"
    ),
}
# A digit after a letter is part of a name, such as that of a gene. "One" is left out: in most sentences it counts nothing.
COUNTS: Final = {
    "en": (
        r"(?<![^\W\d_])\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|hundreds?|thousands?|"
        r"millions?|half|halves|thirds?|quarters?|twice|double[ds]?|triple[ds]?|doubling|once|most|few|many|rare(?:ly)?|common(?:ly)?|"
        r"often|usually|always|daily|weekly|monthly|yearly|stage|phase)\b"
    ),
    "es": (
        r"(?<![^\W\d_])\d|\b(?:dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|quince|veinte|treinta|cuarenta|cincuenta|sesenta|"
        r"cien|cientos?|"
        r"miles|millones|mitad|tercios?|cuartos?|doble|triple|mayoría|pocas|pocos|muchas|muchos|rar[oa]s?|raramente|frecuentes?|"
        r"a menudo|siempre|diari\w+|semanal\w*|mensual\w*|anual\w*|etapa|estadio|fase)\b"
    ),
}


@dataclass(frozen=True)
class Patterns:
    """One language's patterns, for folded or plain text alike."""

    figure: re.Pattern[str]
    medicine: re.Pattern[str]
    sign: re.Pattern[str]
    risk: re.Pattern[str]


@cache
def patterns(language: str) -> Patterns:
    stems = rf"\w{{2,30}}(?:{STEMS})"
    return Patterns(
        figure=re.compile(COUNTS[language], re.IGNORECASE),
        medicine=re.compile(rf"\b(?:{stems}|{MEDICINES[language]})\b", re.IGNORECASE),
        sign=re.compile(rf"\b(?:{SIGNS[language]}|{ACTS[language]})\b", re.IGNORECASE),
        risk=re.compile(rf"\b(?:{RISKS[language]})\b", re.IGNORECASE),
    )
