"""Who plays: the classes with their plans, the staff, and what is said in them. Fictive throughout."""

from __future__ import annotations

from dataclasses import dataclass

from lms.demo.people import SELAPARANG, TASTURA, Staff

#: Secrets hashed for people who learn; more than enough for every class.
HASHES = 140
WAITING_PERIOD = "Diklat Dasar Lombok Tengah Angkatan IV"
#: How many of the waiting group stand on the list that waits for the letter.
ON_THE_LIST = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """A class of the story. `pace` is, for each learner in turn, how many modules are done (−1: never began)."""

    key: str
    period: str
    name: str
    region: str
    provider: str
    week: int
    state: str
    instructors: tuple[Staff, ...]
    admins: tuple[Staff, ...]
    supervisors: tuple[Staff, ...]
    pace: tuple[int, ...]

    def modules_of(self, number: int) -> int:
        """Return how many modules a learner has done."""
        return self.pace[number % len(self.pace)]

    def outcome(self, number: int, size: int) -> str:
        """Return a learner's state: of an ended class most passed, a few did not, the last one left."""
        if self.state != "finished":
            return "active"
        if number == size - 1:
            return "withdrawn"
        return "failed" if self.modules_of(number) < 11 else "passed"


def _people(prefix: str, *names: str) -> tuple[Staff, ...]:
    """Make staff from "Name|sex|suffix"; they sign in as prefix1@demo.example and so on."""
    made = []
    for number, text in enumerate(names, 1):
        name, sex, suffix = text.split("|")
        made.append(Staff(f"{prefix}{number}@demo.example", name, sex, suffix))
    return tuple(made)


INSTRUCTORS = _people(
    "pengajar", "Wardatul Jannah|P|M.Pd.", "Lalu Suryadi|L|S.Pd.", "Baiq Ratnawati|P|S.Pd.AUD", "Nurhayati|P|M.Pd.",
    "Hamzanwadi Putra|L|S.Pd.", "Rohmiatun|P|S.Pd.AUD", "Siti Maryam Ulfah|P|M.Pd.", "Zainul Arifin|L|S.Pd.",
    "Ida Royani|P|S.Pd.",
)
SUPERVISORS = _people(
    "pembimbing", "Sumarni|P|S.Pd.", "Baiq Suhaeni|P|S.Pd.AUD", "Lalu Mahsun|L|S.Pd.", "Nurmini|P|S.Pd.",
    "Hj. Raehanun|P|S.Pd.", "Sahnim|P|S.Pd.", "Muhammad Tohri|L|S.Pd.", "Fatmawati Dewi|P|S.Pd.AUD",
    "Sri Rahayuni|P|S.Pd.", "Marniwati|P|S.Pd.", "Hirpan|L|S.Pd.",
)
ADMINS = _people("adminkelas", "Yuliana Ekawati|P|", "Lalu Ardiansyah|L|", "Nining Herawati|P|")

#: Roles that are not bound to a class: role, person, scope kind, scope key.
OFFICES = (
    ("facilitator", Staff("fasilitator1@demo.example", "Baiq Nikmatul Aini", "P", "S.Pd."), "region", "52.02"),
    ("facilitator", Staff("fasilitator2@demo.example", "Lalu Zulkarnaen", "L", "S.Sos."), "region", "52.03"),
    ("coordinator", Staff("koordinator@demo.example", "Herlina Wati", "P", "M.Pd."), "program", "diklat-dasar"),
    ("observer", Staff("pengamat@demo.example", "Agus Santoso", "L", ""), "region", "52"),
    ("admin", Staff("admin@demo.example", "Rizki Maulana", "L", ""), "all", ""),
    # One person with two roles, so that the choice of the active role can be tried.
    ("class_admin", INSTRUCTORS[0], "provider", TASTURA),
)

FOURTH_WEEK = Plan(
    "fourth_week", "Diklat Dasar Lombok Tengah Angkatan III", "Kelas Melati", "52.02", TASTURA, 4, "running",
    INSTRUCTORS[:4], ADMINS[:1], SUPERVISORS[:4],
    (3, -1, 4, 2, 3, 5, 1, 2, 3, 0, 4, 3, 2, -1, 6, 1, 2, 3, 4, 2, 0, 3, 5, 1, 2, 4, 3, -1, 2, 1, 3, 9, 2, 4, 0, 3, 2),
)
REPORT_WEEKS = Plan(
    "report_weeks", "Diklat Dasar Lombok Tengah Angkatan II", "Kelas Kenanga", "52.02", TASTURA, 16, "reporting",
    INSTRUCTORS[3:6], ADMINS[1:2], SUPERVISORS[4:8], (*(11,) * 5, 10, *(11,) * 8, 7, *(11,) * 10),
)
ENDED = Plan(
    "ended", "Diklat Dasar Lombok Tengah Angkatan I", "Kelas Cempaka", "52.02", TASTURA, 27, "finished",
    INSTRUCTORS[3:6], ADMINS[1:2], SUPERVISORS[4:8], (*(11,) * 9, 10, *(11,) * 11, 6, *(11,) * 8, 10, *(11,) * 4, 4),
)
EASTERN = Plan(
    "eastern", "Diklat Dasar Lombok Timur Angkatan I", "Kelas Selaparang", "52.03", SELAPARANG, 2, "running",
    INSTRUCTORS[6:], ADMINS[2:], SUPERVISORS[8:], (1, 2, 0, 1, -1, 1, 0, 2, 1, -1, 0),
)

#: Week, kind, title, place of the meetings of every class.
MEETINGS = (
    (1, "teleconference", "Pembukaan dan kontrak belajar", None),
    (3, "in_person", "Temu kelas pertama: bermain dan pijakan", "Aula kecamatan"),
    (5, "teleconference", "Tanya jawab modul 5 dan 6", None),
    (7, "in_person", "Temu kelas kedua: praktik sejawat", "Aula kecamatan"),
    (12, "study_visit", "Kunjungan belajar (KBL)", "TK percontohan"),
)
