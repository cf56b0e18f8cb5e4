"""The one table of rights: role × capability. Scope and dates are added by `core.permissions`.

A capability is an object and a verb. A route names the one it needs; a route without one does not start. Field
capabilities (`see.…`) decide which columns a page shows. Words follow the glossary; roles that have no screen yet
stand here with what they will need, so that an assignment can be recorded.
"""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.words_lazy import lazy as _

#: Everybody who is signed in may look after their own account and read their own notices.
SELF = frozenset({"account.own", "notice.own"})


@dataclass(frozen=True, slots=True)
class Role:
    """A role: key, name on screen, whether it is staff (password, short session), scope kinds, rights, first page."""

    key: str
    title: object
    is_staff: bool
    scope_kinds: frozenset[str]
    capabilities: frozenset[str]
    home: str


def _role(
    key: str, title: object, scopes: str, capabilities: str, *, home: str = "accounts.account", is_staff: bool = True
) -> Role:
    return Role(key, title, is_staff, frozenset(scopes.split()), SELF | frozenset(capabilities.split()), home)


ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        _role(
            "teacher", _("Peserta"), "self",
            "learning.read learning.do question.ask mark.own work.do",
            home="classroom.home", is_staff=False,
        ),
        _role(
            "instructor", _("Pengajar"), "class",
            "class.teach learner.follow question.answer essay.mark attempt.grant"
            " quiz.statistics class.announce program.preview",
            home="teaching.classes",
        ),
        _role("extra_instructor", _("Pengajar tambahan"), "class",
              "class.teach learner.follow question.answer essay.mark attempt.grant"
              " quiz.statistics class.announce program.preview", home="teaching.classes"),
        _role("practice_supervisor", _("Pembimbing praktik"), "supervision",
              "supervision.read learner.follow see.phone", home="teaching.supervised"),
        _role("class_admin", _("Admin kelas"), "class provider",
              "worklist.read pin.reset account.unlock class.announce supervisor.assign person.contact"
              " see.phone see.identifier_tail",
              home="enrolling.overview"),
        _role("facilitator", _("Fasilitator daerah"), "region",
              "worklist.read pin.reset account.unlock person.contact person.name see.phone see.identifier_tail",
              home="enrolling.overview"),
        _role("coordinator", _("Koordinator"), "program region", "scorecard.read", home="reports.scorecard"),
        _role("observer", _("Pengamat"), "program region", "scorecard.read", home="reports.scorecard"),
        _role("admin", _("Admin sistem"), "all",
              "person.read person.write person.edit role.assign program.read program.preview audit.read scorecard.read"
              " class.update supervisor.assign worklist.read pin.reset account.unlock see.phone"
              " see.identifier_tail",
              home="administration.overview"),
        _role("district_officer", _("Petugas Dinas"), "region", ""),
        _role("provincial_admin", _("Admin provinsi"), "region", ""),
        _role("central_admin", _("Admin pusat"), "all", ""),
        _role("provider_operator", _("Operator lembaga diklat"), "provider", ""),
        _role("finance", _("Bagian keuangan"), "program", ""),
        _role("support", _("Staf pendukung"), "program", ""),
        _role("group_chair", _("Ketua kelompok"), "group", ""),
        _role("mentor", _("Guru Mitra"), "group", ""),
        _role("monitor", _("Petugas monev"), "region", ""),
    )
}

CAPABILITIES = frozenset().union(*(role.capabilities for role in ROLES.values()))


def has(role: str, capability: str) -> bool:
    """Tell whether a role holds a capability. An unknown role holds none."""
    known = ROLES.get(role)
    return known is not None and capability in known.capabilities
