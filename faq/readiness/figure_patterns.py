"""What figures and relative risks look like in English and in Spanish.

English serves every other language too: digits, units and the per cent sign are much the same. Every repetition is bounded, so
that no text makes a pattern slow. Beside each alternative stands one thing it is there for.
"""

import re
from dataclasses import dataclass
from functools import cache

NUMBER = r"(?:\d{1,3}(?:[,.\u00a0\u202f]\d{3})+(?:\.\d{1,3})?|\d{1,9}(?:[.,]\d{1,4})?)"
PERCENT = rf"{NUMBER}\s?(?:%|per\s?cent\b|por\s?ciento\b)"
ROUND = r"(?:100|1[,.]?000|10[,.]?000|100[,.]?000)(?![,.]?\d)"
FRACTION = r"(?<![\d/])(?P<n3>1) ?/ ?(?P<of3>\d{3,6}|\d{1,3}[,.]\d{3})(?![\d/])"  # 1/800 births
HAZARD = r"\bhazard ratio\b|\b(?-i:HR|OR|RR)\s?(?:=|:|of|was|is|de|fue|es)?\s?\d{1,2}[.,]\d"
MASSES = r"mg|mcg|[µμ]g|ng|g|ml|gy|i\.?u\.?|u\.?i\."
NOT_LABORATORY = r"(?!\s?(?:/|per |por )\s?(?:dl|l\b|ml|lit|dec|cubic))"  # 126 mg/dL is a test result, not a dose
ADDRESS = r"(?:https?://|www\.)\S{1,300}|\bNCT\d+|\b10\.\d{4,9}/\S{1,100}"


def numerals(words: str) -> dict[str, float]:
    return {word: float(value) for word, value in (pair.split("=") for pair in words.split())}


NUMERALS = {
    "en": numerals(
        "one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11 twelve=12 fifteen=15 twenty=20 thirty=30 "
        "forty=40 fifty=50 sixty=60 hundred=100 thousand=1000 million=1000000"
    ),
    "es": numerals(
        "un=1 una=1 uno=1 dos=2 tres=3 cuatro=4 cinco=5 seis=6 siete=7 ocho=8 nueve=9 diez=10 once=11 doce=12 quince=15 veinte=20 "
        "treinta=30 cuarenta=40 cincuenta=50 cien=100 mil=1000 millón=1000000 millones=1000000"
    ),
}
# Shares in words that say a percentage plainly, per hundred.
SHARES = {
    "en": {"half": 50, "a third": 100 / 3, "one third": 100 / 3, "two thirds": 200 / 3, "a quarter": 25, "three quarters": 75},
    "es": {"la mitad": 50, "un tercio": 100 / 3, "dos tercios": 200 / 3, "una cuarta parte": 25, "tres cuartas partes": 75},
}


@dataclass(frozen=True)
class Patterns:
    """One language's patterns. A sentence without a `numeral` has no figures. `blank` is taken out first: it only looks like one.

    Groups: `count` has n and of, n2 and of2, or n3 and of3 (`pair` finds the first of two before it); `dose` and `time` have n and unit.
    """

    numeral: re.Pattern[str]
    blank: re.Pattern[str]
    count: re.Pattern[str]
    pair: re.Pattern[str]
    dose: re.Pattern[str]
    time: re.Pattern[str]
    approval: re.Pattern[str]
    people: re.Pattern[str]
    relative: re.Pattern[str]
    absolute: re.Pattern[str]


def either(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


def english() -> Patterns:
    n = rf"(?:{NUMBER}|{'|'.join(word for word, value in NUMERALS['en'].items() if value < 100)})"
    people = (
        r"(?:people|persons?|patients?|women|men|adults?|children|babies|infants|newborns|births|cases|individuals|boys|girls|"
        r"males?|females?|deaths)"
    )
    risk = r"(?:risks?|chances?|odds|likelihood|likely|rates?|recurrences?|relapses?|deaths?|mortality|survival|incidence)"
    share = r"(?:a |one[- ]|two[- ]|three[- ])?(?:half|thirds?|quarters?|fifths?)"
    near = r"(?:(?:about|around|up to|nearly|almost|more than|over|some|at least) )?"
    total = rf"(?:(?:(?:{NUMBER}|a|one) )?(?:hundred|thousand|million)|{n})"
    among = r"(?: in| out of| of every| of each| per| for)(?: every| each| about)*"
    changes = r"(?:cuts?|cutting|reduc\w+|lower\w*|drop\w*|f[ae]ll\w*|decreas\w+|increas\w+|rais\w+|rises?|rose|shr[aiu]nk\w*)"
    more = r"(?:lower|higher|less|more|fewer|greater|reductions?|decreases?|increases?)"
    turned = r"(?:halv(?:e[sd]?|ing)|doubl(?:e[sd]?|ing)|tripl(?:e[sd]?|ing))(?!-| (?:x|negative|positive)\b)"  # not triple-negative
    return Patterns(
        numeral=either(rf"\d|\b{n}\b"),
        blank=either(
            ADDRESS,
            r"\b24/7\b|\b24[- ]hours?(?: a day|(?=[- ](?:line|number|phone|help|service|advice)))",
            rf"\bage[sd]? (?:of )?{n}(?: ?(?:to|and|or|through|-|–) ?{n})?(?: years?)?",  # aged 50 to 69 years
            rf"\b{n}(?: ?(?:to|or|and|-|–) ?{n})?[- ](?:years?|months?|weeks?|days?)[- ](?:olds?\b|of age\b)",  # 48 years old
            rf"\b{n}[- ]year (?:relative |overall )?(?:survival|rates?|outlook|results?|follow)",  # the name of a measure
        ),
        count=either(
            rf"\b(?P<n>{n})(?: fewer| more| extra)?(?: {people})?{among} (?P<of>{total})\b",  # 12 in 100
            rf"\b(?P<n2>{NUMBER})(?: (?!\d)[\w-]+){{0,5}} (?:of|per)(?: the| every)? (?P<of2>{ROUND})\b",  # 6.4 fewer deaths per 100
            FRACTION,
        ),
        pair=either(rf"(?P<n>{NUMBER}),? (?:v\.?|vs\.?|versus|against|and|compared (?:with|to)) $"),
        dose=either(
            rf"\b(?P<n>{n})(?:\s|-)?(?P<unit>{MASSES}|(?:micro|milli)?grams?|millilit(?:er|re)s?|(?:international )?units|gray|"
            rf"tablets?|capsules?|pills?|puffs?|drops?)(?!\w){NOT_LABORATORY}"
        ),
        time=either(rf"\b(?!one[\s-]day)(?P<n>{n})[\s-](?P<unit>minute|hour|day|week|month|year|decade)s?\b(?! ago)"),
        approval=either(r"\b(?:approv(?:ed|als?|es)|authori[sz](?:ed|ation)|licen[sc]ed|cleared by)\b"),
        people=either(rf"\b(?:{people}|{risk})\b"),
        relative=either(
            rf"\b{changes}(?: [\w-]+){{0,8}}? by {near}(?:{share}|{PERCENT})",  # cut the risk by about a third
            rf"\b{risk} (?:was |were |is )?(?:cut|reduced|lowered|down) {near}(?:{share}|{PERCENT})",  # risk cut 46 %
            rf"\b{PERCENT}(?: (?!(?:or|and|can|may|might|could|will)\b)(?-i:[a-z])[\w-]*)? {more}\b",  # 46 % lower
            rf"\b{turned}\b(?=.{{0,60}}\b{risk}\b)|\b{risk}\b(?=.{{0,40}}\b{turned}\b)",  # halved the risk
            rf"\b(?:twice|(?:{n}|several|many) times) (?:as|more|less|higher|greater|lower|the) (?:\w+ )?{risk}\b",  # twice as likely
            rf"\b{n}[- ]?fold (?:\w+ )?(?:{more}|risk)\b",
            rf"\b{share} (?:as likely|the (?:risk|chance|rate))\b",
            rf"\b(?:odds|risk|rate) ratios?\b|{HAZARD}",
        ),
        absolute=either(rf"\bper (?:{ROUND}|million)\b|\bpercentage points?\b"),
    )


def spanish() -> Patterns:
    n = rf"(?:{NUMBER}|{'|'.join(word for word, value in NUMERALS['es'].items() if value < 100)})"
    people = r"(?:personas?|pacientes?|mujeres|hombres|adult[oa]s?|niñ[oa]s?|bebés|casos|nacimientos|individuos)"
    risk = (
        r"(?:riesgos?|probabilidad(?:es)?|posibilidad(?:es)?|tasas?|recaídas?|muertes?|mortalidad|supervivencia|incidencia|"
        r"probables?|recurrencias?)"
    )
    share = r"(?:(?:un|dos|una|tres) (?:tercios?|cuartas? partes?|quintos?|quinta parte)|(?:la )?mitad)"
    near = r"(?:(?:torno a|alrededor de|cerca de|más de|casi|aproximadamente|hasta) )?"
    total = rf"(?:(?:(?:{NUMBER}|un) )?(?:mil|millón|millones)|cien|{n})"
    changes = r"(?:redu[cj]\w+|baj\w+|disminu\w+|aument\w+|sub\w+|increment\w+)"
    more = r"(?:menos|más|menor|mayor|reducción|aumento|disminución)"
    ratio = r"(?:cocientes?|raz(?:ón|ones)|índices?) de (?:riesgos?(?: instantáneos)?|probabilidades|momios)"
    return Patterns(
        numeral=either(rf"\d|\b{n}\b"),
        blank=either(
            ADDRESS,
            r"\b24/7\b|\b24 horas(?: del día| al día|(?=\W*$))|\blínea de 24 horas|\b(?:disponible|abierto)s? las 24 horas",
            rf"\b(?:{people}|mayor(?:es)?|menor(?:es)?|mujer|tiene|edad)(?: de| entre)?(?: los)? (?:{n} (?:a|y|o) )?{n} años",
            rf"\b{n} (?:años|meses|semanas|días) de edad",
            rf"\b(?:supervivencia|tasa|pronóstico)(?: \w+)? a (?:los )?{n} años",  # the name of a measure
            rf"\bhace {n} (?:años?|meses|mes|semanas?|días?)",  # two years ago
        ),
        count=either(
            rf"\b(?P<n>{n})(?: menos| más)?(?: {people})?(?: (?:de|por|en) cada| de entre| sobre| por) (?P<of>{total})\b",
            rf"\b(?P<n2>{NUMBER})(?: (?!\d)[\w-]+){{0,5}} (?:de|por)(?: las| los| cada)? (?P<of2>{ROUND})\b",
            FRACTION,
        ),
        pair=either(rf"(?P<n>{NUMBER}),? (?:frente a|contra|y|en comparación con) $"),
        dose=either(
            rf"\b(?P<n>{n})\s?(?P<unit>{MASSES}|(?:micro|mili)?gramos?|mililitros?|unidades|comprimidos?|pastillas?|tabletas?|cápsulas?|"
            rf"gotas?|píldoras?)(?!\w){NOT_LABORATORY}"
        ),
        time=either(rf"\b(?!un\sdía)(?P<n>{n})\s(?P<unit>minuto|hora|día|semana|mes|año|década)(?:e?s)?\b"),
        approval=either(r"\b(?:aprob(?:ó|aron|ad[oa]s?|ación)|autoriz(?:ó|aron|ad[oa]s?|ación))(?!\w)"),
        people=either(rf"\b(?:{people}|{risk})(?!\w)"),
        relative=either(
            rf"\b{changes}(?: [\w-]+){{0,8}}? (?:en|a|al)?\s?(?:un |el )?{near}(?:{share}|{PERCENT})",  # reduce el riesgo en un tercio
            rf"\b{PERCENT}(?: de)?(?: \w+)? {more}(?!\w)",
            rf"\b(?:el doble|el triple|la mitad) (?:de |del )?(?:\w+ )?{risk}(?!\w)",
            rf"\b{n} veces (?:más|menos|mayor|menor)(?: \w+)?(?= {risk})|\b{n} veces (?:más|menos) probable",
            rf"\b(?:duplic|triplic)\w+(?=.{{0,60}}\b{risk}(?!\w))|\b{risk}(?!\w)(?=.{{0,40}}\bse (?:duplic|triplic))",
            rf"\b{ratio}(?!\w)|{HAZARD}",
        ),
        absolute=either(rf"\bpor cada (?:{ROUND}|mil|cien)\b|\bpuntos porcentuales\b"),
    )


@cache
def patterns(language: str) -> Patterns:
    return spanish() if language == "es" else english()
