"""Names of people and other typed text: cleaning, titles, capitals, and folding for search and uniqueness."""

from __future__ import annotations

import re
import unicodedata

# UAX #15 takes thirty marks on one letter as the most that real writing has; longer runs only cost time.
_MAX_MARKS = 30
_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Controls, lone surrogates, the byte order mark, and the signs that turn the direction of what follows.
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\u202a-\u202e\u2066-\u2069]")
_APOSTROPHES = dict.fromkeys(map(ord, "‘’‛ʼʻʹʾʿˈ`´′＇"), "'")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
# Pairs of a foreign letter and the Latin one it is drawn like: Cyrillic, Greek, and what is left.
_PAIRS = """
АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT УY ХX ԚQ ԜW ҺH ӀI
аa вb еe ѕs іi јj кk мm нh оo рp сc тt уy хx ԛq ԝw һh ӏl ԁd
ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX αa εe ιi κk νv οo ρp τt υu χx
ɡg ɑa ıi օo
"""
_LOOKS_LIKE = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}

_PREFIXES = {
    "h": "H.",
    "hj": "Hj.",
    "kh": "K.H.",
    "tgh": "T.G.H.",
    "drs": "Drs.",
    "dra": "Dra.",
    "dr": "Dr.",
    "ir": "Ir.",
    "prof": "Prof.",
}
_DEGREES = """
A.Ma. A.Ma.Pd. A.Md. A.Md.Keb. A.Md.Kep. Lc. Ph.D. S.Ag. S.E. S.E.I. S.E.Sy. S.Fil. S.Fil.I. S.H. S.H.I.
S.Hum. S.I.Kom. S.I.P. S.Kep. S.K.M. S.Kom. S.Kom.I. S.P. S.Pd. S.Pd.AUD S.Pd.H. S.Pd.I. S.Pd.SD S.Psi. S.Pt.
S.S. S.Si. S.Sos. S.Sos.I. S.ST. S.T. S.Th.I. S.Tr. S.Tr.Keb. M.A. M.Ag. M.H. M.Hum. M.Kom. M.M. M.M.Pd. M.Pd.
M.Pd.I. M.Psi. M.Si. M.Sos. M.T. M.Th.
"""
_SUFFIXES = {re.sub(r"\W", "", title).casefold(): title for title in _DEGREES.split()}
_GLUED_PREFIX = re.compile(r"^(H|Hj|Drs|Dra|Dr|Ir|Prof)\.(?=[^\W\d_])", re.IGNORECASE)


def clean_text(text: str) -> str:
    """Typed text as it is stored: NFC, newlines as "\\n", no control or direction-changing signs.

    Spaces, tabs and joiners stay, because they can be meant. More than thirty marks on one letter are cut.
    """
    text = _UNWANTED.sub("", _NEWLINES.sub("\n", text))
    return text if text.isascii() else unicodedata.normalize("NFC", _cut_marks(text))


def _cut_marks(text: str) -> str:
    # Normalising sorts the marks of a letter with insertion sort, so one letter with 30,000 takes seconds.
    kept: list[str] = []
    marks = 0
    for sign in text:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks <= _MAX_MARKS:
            kept.append(sign)
    return "".join(kept)


def tidy_name(name: str) -> str:
    """A name with single plain spaces, none at the ends, and apostrophes and dashes of one kind."""
    name = clean_text(name).translate(_APOSTROPHES).translate(_DASHES)
    return " ".join("".join(sign for sign in name if unicodedata.category(sign) != "Cf").split())


def fold_name(name: str) -> str:
    """The form under which names are searched and under which two that look alike are the same.

    Compatibility forms, capitals, accents, kinds of apostrophe, invisible signs and runs of spaces do not
    count, and Cyrillic and Greek letters become the Latin ones they are drawn like. For comparison only:
    never show it, and never take it for the name.
    """
    name = unicodedata.normalize("NFKC", tidy_name(name)).translate(_LOOKS_LIKE)
    name = unicodedata.normalize("NFKD", name.translate(_APOSTROPHES).translate(_DASHES).casefold())
    name = "".join(sign for sign in name if unicodedata.category(sign) not in ("Mn", "Me", "Cf", "Cc"))
    return " ".join(unicodedata.normalize("NFKC", name).translate(_LOOKS_LIKE).split())


def proper_case(name: str) -> str:
    """The capitals to offer for a name typed in one case only; a name in mixed case comes back as it is."""
    if name != name.upper() and name != name.lower():
        return name
    # str.title would write "Nu'Man"; only a space or a hyphen begins a new word in these names.
    return re.sub(r"[^\s-]+", lambda word: word[0].capitalize(), name.casefold())


def split_titles(name: str) -> tuple[str, str, str]:
    """Part "HJ. BAIQ MURNIATI S.PD.I" into ("Hj.", "BAIQ MURNIATI", "S.Pd.I."): prefix, name, suffix.

    Titles come back in their usual spelling, several with ", " behind the name and " " before it. Baiq, Lalu
    and the word Haji are names and stay, as do the abbreviations Muh., Moh. and M. An unknown word behind a
    comma counts as a title when it has a dot in it. A name is always left: "H." alone is the name.
    """
    head, *behind = [part.strip() for part in tidy_name(name).split(",")]
    suffixes: list[str] = []
    unknown: list[str] = []
    for part in behind:
        titles = _titles_in(part)
        if titles is not None:
            suffixes += titles
        elif part:
            unknown.append(part)
    words = head.split(" ")
    words, found = _take_suffixes(words)
    prefixes: list[str] = []
    while words:
        glued = _GLUED_PREFIX.match(words[0])
        if glued:
            words[:1] = [glued[0], words[0][glued.end() :]]
        title = _PREFIXES.get(words[0].replace(".", "").casefold())
        # "M." must not become a title by accident of a table, and the last word is the name whatever it is.
        if title is None or len(words) == 1:
            break
        prefixes.append("dr." if words[0] == "dr." else title)
        del words[0]
    return " ".join(prefixes), ", ".join([" ".join(words), *unknown]), ", ".join(found + suffixes)


def _titles_in(part: str) -> list[str] | None:
    """The titles between two commas, or None when it is something else."""
    whole = _SUFFIXES.get(re.sub(r"\W", "", part).casefold())
    if whole:
        return [whole]
    words, found = _take_suffixes(["", *part.split()])
    if words == [""]:
        return found
    return [part] if "." in part else None


def _take_suffixes(words: list[str]) -> tuple[list[str], list[str]]:
    """Take known titles off the end. Without a comma they need a dot: "Nur Ma" has no master's degree."""
    found: list[str] = []
    while len(words) > 1:
        for length in (3, 2, 1):
            tail = words[-length:]
            title = _SUFFIXES.get(re.sub(r"\W", "", "".join(tail)).casefold())
            plain = all("." not in word for word in tail)
            if title and len(words) > length and not (plain and not _is_spelt_as_title("".join(tail))):
                found.insert(0, title)
                words = words[:-length]
                break
        else:
            break
    return words, found


def _is_spelt_as_title(word: str) -> bool:
    """ "SPd", "MPd" and "SPdI" are written without dots often enough, and no name looks like them."""
    return bool(re.fullmatch(r"[SM]\.?Pd\.?(I|AUD|SD|H)?", word))
