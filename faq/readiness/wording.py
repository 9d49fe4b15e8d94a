"""Words that do not belong in an entry: personal data, talk to one person, marks of status, raw HTML.

Each function takes one sentence and returns the words it found, or "". English and Spanish are both looked for, whatever the
language of the entry: a pasted note may be in either.
"""

import re

EMAIL = re.compile(r"\b(?P<name>[\w.+%-]{1,64})@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}\b")
# An office's address is no person's: info@, nhlbiinfo@, help-desk@ …
OFFICE = re.compile(
    r"info|help|contact|support|enquir|inquir|office|service|mail|press|admin|web|ask|ayuda|consulta|atencion", re.IGNORECASE
)
PHONE = re.compile(
    r"(?<![\w/.-])(?:"
    r"\+\d{1,3}(?:[ .()-]{0,2}\d){7,12}"  # +34 912 34 56 78
    r"|(?:1[ .-])?\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}"  # (301) 555-0100; an NHS number has the same groups
    r"|\(?0\d{2,4}\)?[ -]\d{3,4}[ -]?\d{3,4}"  # 020 7946 0000
    r"|[679]\d{2}[ .-]\d{2,3}[ .-]\d{2,3}(?:[ .-]\d{2,3})?"  # 612 34 56 78
    r")(?![\w/-])"
)
# Numbers that are free to call or of one price everywhere (US, UK, Spain) belong to services.
SERVICE_NUMBER = re.compile(r"1?8(?:00|33|44|55|66|77|88)\d{7}|1?900\d{7}|0(?:80|30|33|34|84)\d{6,9}|(?:34)?(?:900|901|902|800)\d{6}")
NUMBERS_OF_PEOPLE = re.compile(
    r"\b\d{3}-\d{2}-\d{4}\b"  # US social security
    r"|\bNHS (?:number|no\.?)\W{0,3}(?:is\s)?\d[\d -]{5,}"
    r"|\b(?:MRN|hospital number|patient (?:ID|number)|número de (?:historia|paciente))\W{0,3}(?:is\s|es\s)?[A-Z]{0,3}\d{4,}",
    re.IGNORECASE,
)
DNI = re.compile(r"\b(\d{8})-?([A-Z])\b")
DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"  # the letter is the number modulo 23 (Spanish Real Decreto 1553/2005 and before)
DAY = (
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}|(?:19|20)\d{2}-\d{2}-\d{2}"  # 12/03/1975, 1975-03-12
    r"|\d{1,2}(?:st|nd|rd|th)? (?:de )?[a-z]{3,10}\.?,? (?:de )?(?:19|20)\d{2}"  # 12 March 1975, 12 de marzo de 1975
    r"|[a-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d{2})"  # March 12, 1975
)
BIRTH = re.compile(
    rf"\b(?:born(?: on)?|date of birth|D\.?O\.?B\.?|fecha de nacimiento|nací|nació|nacid[oa])\W{{1,3}}(?:is |es |el )?{DAY}", re.IGNORECASE
)
NAME = re.compile(r"\b(?:[Mm]y name is|[Mm]e llamo|[Mm]i nombre es)\b")

NOT_PERSONAL = r"(?![ -](?:care|treatments?|therapy|team|nurse|doctor|specialist|unit|service|centre|center|clinic|hospital))"
MEDICINE = (
    r"(?:tak|us)ing|medicines?|medications?|treatments?|drugs?|doses?|tablets?|pills?|therapy|chemo\w*|radio\w*|insulin|injections?|"
    r"tomar|medicamentos?|medicinas?|tratamientos?|dosis|pastillas?|comprimidos?|quimio\w*|insulina"
)
ONE_PERSON = re.compile(
    r"\bin your (?:own )?(?:case|situation)\b"
    rf"|\byour (?:cancer|tumou?r){NOT_PERSONAL}\b"
    r"|(?<!if )(?<!when )(?<!whether )(?<!what )\byour (?:diagnosis|prognosis|stage|results?) (?:is|are|means?|shows?)\b"
    r"|\ben (?:su|tu) (?:caso|situación)\b|\b(?:su|tu) (?:cáncer|tumor)\b"
    r"|\b(?:su|tu) (?:diagnóstico|pronóstico|estadio) (?:es|significa)\b",
    re.IGNORECASE,
)
CHANGE = r"(?:start|stop|skip|change|switch|increase|reduce|double|pause)"
CHANGE_ES = r"(?:empezar|comenzar|iniciar|dejar|suspender|cambiar|aumentar|reducir|saltarse|interrumpir)"
ABOUT_MEDICINE = rf"\b(?=.{{0,60}}\b(?:{MEDICINE})\b)"
ORDER = re.compile(
    rf"(?<!if )(?<!whether )(?<!when )(?<!ask )\byou (?:should|must|need to|have to) {CHANGE}{ABOUT_MEDICINE}"
    rf"|(?<!si )(?<!no )(?<!si usted )(?<!usted no )\b(?:debe(?:ría)?s?|tiene que|tienes que) {CHANGE_ES}{ABOUT_MEDICINE}",
    re.IGNORECASE,
)
EMOJI = re.compile(
    "[\u2049\u203c\u2139\u2605\u2606\u2610-\u2612\u2622\u2623\u2639\u263a\u2690\u2691\u26a0\u26a1\u26d4\u2705\u270a-\u270d\u2713-\u2718"
    "\u274c\u274e\u2753-\u2757\u2763\u2764\u2795-\u2797\u2b50\u2b55\U0001f170-\U0001f19a\U0001f300-\U0001faff]"
)
HTML = re.compile(r"</?[a-z][a-z0-9]{0,15}(?:\s[^<>]{0,200})?/?>|<!--", re.IGNORECASE)
VAGUE_LINK = re.compile(r"(?:click |tap )?here|link|this (?:link|page)|(?:read |learn )?more|aquí|enlace|(?:leer |ver )?más", re.IGNORECASE)
WEB_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[0] if match else ""


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def personal_data(sentence: str, listed: str = "") -> str:
    """Return what looks like data of a person. `listed` holds the words of the entry's resources, whose numbers are known."""
    return (
        first(NUMBERS_OF_PEOPLE, sentence)
        or first(BIRTH, sentence)
        or first(NAME, sentence)
        or _email(sentence, listed)
        or _identity_card(sentence)
        or _phone(sentence, digits(listed))
    )


def _email(sentence: str, listed: str) -> str:
    return next((mail[0] for mail in EMAIL.finditer(sentence) if not OFFICE.search(mail["name"]) and mail[0] not in listed), "")


def _identity_card(sentence: str) -> str:
    return next((card[0] for card in DNI.finditer(sentence) if DNI_LETTERS[int(card[1]) % 23] == card[2]), "")


def _phone(sentence: str, listed: str) -> str:
    """Return the first telephone number that is not a service's; the last nine digits are the same with and without a country's code."""
    for phone in PHONE.finditer(WEB_ADDRESS.sub(" ", sentence)):
        dialled = digits(phone[0])
        if dialled[-9:] not in listed and not SERVICE_NUMBER.fullmatch(dialled):
            return phone[0]
    return ""


def talk_to_one_person(sentence: str) -> str:
    """Return words that speak as if the writer knew the reader's illness, or that order to change a medicine."""
    return first(ONE_PERSON, sentence) or first(ORDER, sentence)


def status_emoji(sentence: str) -> str:
    """Return the first pictograph; ©, ® and ™ are none."""
    return first(EMOJI, sentence)


def raw_html(sentence: str) -> str:
    return first(HTML, sentence)
