"""The learner's report and tasks: the list, one work with its parts, a part to write, pictures, handing in."""

from __future__ import annotations

import uuid

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.classroom.views.blueprint import bp
from lms.classroom.works import file_reason, part_steps, shown_gaps
from lms.cohorts.queries import learner_enrolment
from lms.core import uploads
from lms.core.web import bodies, failures
from lms.core.web.actions import allow, perform, wants_json
from lms.core.web.files import send_upload
from lms.core.web.identity import actor
from lms.core.web.pages import page
from lms.core.words_lazy import lazy as _
from lms.lib import filetypes
from lms.lib.identifiers import clean_text
from lms.workshops import queries
from lms.workshops.form import Part, Values, read_field
from lms.workshops.services import attaching, drafting, handing_in, loading
from lms.workshops.works import REPORT

#: A picture of a phone or a document of ten million bytes, and the fields around it.
LONGEST_UPLOAD = filetypes.LARGEST + 64 * 1024

failures.says(loading.NotOpen, _("Tugas mandiri belum dibuka untuk kelas Anda."))
failures.says(
    loading.AlreadyHandedIn, _("Karya ini sudah dikirim. Isinya dapat diubah lagi bila diminta diperbaiki.")
)
failures.says(handing_in.Incomplete, _("Belum dapat dikirim: masih ada yang kurang."))
failures.says(
    handing_in.Shut, _("Batas waktunya sudah lama lewat. Minta admin kelas membukanya; tulisan Anda tetap ada.")
)
failures.says(handing_in.ChangedSince, _("Keadaan karya ini sudah berubah. Buka lagi halamannya."))
failures.says(
    drafting.WrittenElsewhere, _("Bagian ini juga ditulis di HP lain. Muat ulang halaman untuk melihat keduanya.")
)
failures.says(
    uploads.FileRefused, _("%(name)s belum ditambahkan: %(why)s"),
    told=lambda values: {"name": values["name"], "why": file_reason(values["reason"])},
)
failures.says(uploads.StorageFull, _("Tempat penyimpanan penuh. Tulisan Anda aman; coba lagi nanti."))
failures.says(uploads.PicturesBusy, _("Banyak foto sedang dikirim. Tunggu sebentar, lalu coba lagi."))
failures.says(uploads.FileGone, _("Foto ini perlu dikirim sekali lagi."))
failures.says(attaching.TooMany, _("Paling banyak %(most)s di sini. Hapus satu dahulu."))


@bp.get("/tugas/<uuid:enrolment_uuid>")
@allow("work.do")
def works(enrolment_uuid: uuid.UUID) -> Response:
    """Show the report and every task with where it stands."""
    enrolment = learner_enrolment(enrolment_uuid, by=actor(), capability="work.do")
    return page("classroom/works.html", enrolment=enrolment, lines=queries.all_works(enrolment))


@bp.get("/laporan/<uuid:enrolment_uuid>", defaults={"activity_id": REPORT})
@bp.get("/tugas/<uuid:enrolment_uuid>/<activity_id>")
@allow("work.do")
def work(enrolment_uuid: uuid.UUID, activity_id: str) -> BaseResponse:
    """Show one work: its parts and what each still lacks; once handed in, what was handed in."""
    found = queries.stage_page(enrolment_uuid, activity_id, by=actor())
    if found.row is not None and found.closed_reason in ("submitted", "accepted", "refused"):
        return page("classroom/work_sent.html", found=found, versions=queries.versions_of(found.row.id))
    if len(found.stage.parts) == 1 and found.closed_reason is None:
        return redirect(_part_address(found, found.stage.parts[0].id), 302)
    return page("classroom/work.html", found=found, steps=part_steps(found))


@bp.get("/laporan/<uuid:enrolment_uuid>/bagian/<part_id>", defaults={"activity_id": REPORT})
@bp.get("/tugas/<uuid:enrolment_uuid>/<activity_id>/bagian/<part_id>")
@allow("work.do")
def work_part(enrolment_uuid: uuid.UUID, activity_id: str, part_id: str) -> BaseResponse:
    """Show a part to write in."""
    found = queries.stage_page(enrolment_uuid, activity_id, by=actor())
    part = found.part(part_id)
    if found.closed_reason is not None:
        return redirect(url_for("classroom.work", enrolment_uuid=enrolment_uuid, activity_id=activity_id), 302)
    return _part_page(found, part)


def _part_page(
    found: queries.StagePage, part: Part, *, status: int = 200, typed: Values | None = None,
    problems: tuple[tuple[str, str, str], ...] = (),
) -> Response:
    """Show a part. What was typed stands in the form; what is stored besides it is shown when it differs."""
    written = found.of(part.id)
    values = written.values if typed is None else written.values | drafting.merged(part, written.values, typed)
    return page(
        "classroom/work_part.html", status=status, found=found, part=part, steps=part_steps(found),
        base=written.version, values=values, problems=problems, other=None if typed is None else written.values,
    )


@bp.post("/laporan/<uuid:enrolment_uuid>/bagian/<part_id>", defaults={"activity_id": REPORT})
@bp.post("/tugas/<uuid:enrolment_uuid>/<activity_id>/bagian/<part_id>")
@allow("work.do")
def save_part(enrolment_uuid: uuid.UUID, activity_id: str, part_id: str) -> BaseResponse:
    """Keep what is written in a part; the script sends it while somebody writes."""
    found = queries.stage_page(enrolment_uuid, activity_id, by=actor())
    part = found.part(part_id)
    values, base = _sent(part), _base()
    device = clean_text(request.form.get("_device", "")[:40]) or None
    try:
        return perform(
            "work.save",
            lambda by: drafting.save_part(
                enrolment_uuid, activity_id, part_id, values, base=base, by=by, device=device
            ),
            then=lambda _r: _after_saving(found, part),
        )
    except drafting.WrittenElsewhere:
        if wants_json():
            raise
        return _part_page(found, part, status=409, typed=values)


def _after_saving(found: queries.StagePage, part: Part) -> str:
    where, parts = request.form.get("ke"), list(found.stage.parts)
    place = parts.index(part)
    if where == "kirim":
        return url_for(
            "classroom.hand_in", enrolment_uuid=found.enrolment.uuid, activity_id=found.work.activity_id
        )
    if where == "lanjut" and place + 1 < len(parts):
        return _part_address(found, parts[place + 1].id)
    return _part_address(found, part.id)


def _part_address(found: queries.StagePage, part_id: str, anchor: str | None = None) -> str:
    return url_for(
        "classroom.work_part", enrolment_uuid=found.enrolment.uuid, activity_id=found.work.activity_id,
        part_id=part_id, _anchor=anchor,
    )


def _sent(part: Part) -> Values:
    """Return what a form of a part says, pictures by their captions and ticks."""
    sent = request.form.to_dict(flat=False)
    values: Values = {}
    for each in part.fields:
        if each.holds_files:
            files = sent.get(f"{each.id}.file") or []
            rows = [
                {"file": file, "caption": clean_text((sent.get(f"{each.id}.{file}.caption") or [""])[0]).strip()[:200]}
                | ({"consent": bool(sent.get(f"{each.id}.{file}.consent"))} if each.kind == "photos" else {})
                for file in files[:50]
            ]
            values[each.id] = rows
        else:
            values[each.id] = read_field(each, sent, each.id)
    return {key: value for key, value in values.items() if value is not None}


def _base() -> int:
    text = request.form.get("dasar", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@bp.post("/laporan/<uuid:enrolment_uuid>/bagian/<part_id>/<field_id>", defaults={"activity_id": REPORT})
@bp.post("/tugas/<uuid:enrolment_uuid>/<activity_id>/bagian/<part_id>/<field_id>")
@bodies.takes(LONGEST_UPLOAD)
@allow("work.do")
def attach(enrolment_uuid: uuid.UUID, activity_id: str, part_id: str, field_id: str) -> BaseResponse:
    """Add a picture or a file to a field."""
    found = queries.stage_page(enrolment_uuid, activity_id, by=actor())
    part = found.part(part_id)
    each = next((field for field in part.fields if field.id == field_id and field.holds_files), None)
    file = request.files.get("berkas")
    if each is None or file is None or not file.filename:
        return _file_refused(found, part, field_id, "no_file", "")
    try:
        stored = uploads.store(file.read(), name=file.filename, kinds=attaching.kinds_of(each))
    except uploads.FileRefused as problem:
        return _file_refused(found, part, field_id, problem.values["reason"], problem.values["name"])
    return perform(
        "work.attach",
        lambda by: attaching.attach(
            enrolment_uuid, activity_id, part_id, field_id, stored, caption=request.form.get("keterangan", ""),
            has_consent=bool(request.form.get("izin")), by=by,
        ),
        then=lambda _r: _part_address(found, part_id, field_id),
    )


def _file_refused(found: queries.StagePage, part: Part, field_id: str, reason: str, name: str) -> Response:
    """Show the part again with why the file was not taken; everything that was written stands in it."""
    if wants_json():
        raise uploads.FileRefused(name=name, reason=reason)
    return _part_page(found, part, status=422, problems=((field_id, file_reason(reason), name),))


@bp.post("/laporan/<uuid:enrolment_uuid>/bagian/<part_id>/<field_id>/<uuid:file>", defaults={"activity_id": REPORT})
@bp.post("/tugas/<uuid:enrolment_uuid>/<activity_id>/bagian/<part_id>/<field_id>/<uuid:file>")
@allow("work.do")
def detach(enrolment_uuid: uuid.UUID, activity_id: str, part_id: str, field_id: str, file: uuid.UUID) -> BaseResponse:
    """Take a picture or a file out of a field."""
    return perform(
        "work.detach",
        lambda by: attaching.detach(enrolment_uuid, activity_id, part_id, field_id, file, by=by),
        then=lambda _r: url_for(
            "classroom.work_part", enrolment_uuid=enrolment_uuid, activity_id=activity_id, part_id=part_id,
            _anchor=field_id,
        ),
    )


@bp.get("/berkas/<uuid:upload_uuid>")
@allow("work.do", conceal=True)
def work_file(upload_uuid: uuid.UUID) -> Response:
    """Send a picture or a file of one's own work."""
    found = queries.own_file(upload_uuid, by=actor())
    return send_upload(found, download="unduh" in request.args, thumbnail="kecil" in request.args)


@bp.get("/laporan/<uuid:enrolment_uuid>/kirim", defaults={"activity_id": REPORT})
@bp.get("/tugas/<uuid:enrolment_uuid>/<activity_id>/kirim")
@allow("work.do")
def hand_in(enrolment_uuid: uuid.UUID, activity_id: str) -> BaseResponse:
    """Ask before handing in: what is still missing, or what will happen."""
    found = queries.stage_page(enrolment_uuid, activity_id, by=actor())
    if found.closed_reason is not None:
        return redirect(url_for("classroom.work", enrolment_uuid=enrolment_uuid, activity_id=activity_id), 302)
    return page("classroom/work_confirm.html", found=found, missing=shown_gaps(found))


@bp.post("/laporan/<uuid:enrolment_uuid>/kirim", defaults={"activity_id": REPORT})
@bp.post("/tugas/<uuid:enrolment_uuid>/<activity_id>/kirim")
@allow("work.do")
def submit_work(enrolment_uuid: uuid.UUID, activity_id: str) -> BaseResponse:
    """Hand in."""
    try:
        return perform(
            "work.submit",
            lambda by: handing_in.hand_in(enrolment_uuid, activity_id, base=_base(), by=by),
            then=lambda _r: url_for("classroom.work", enrolment_uuid=enrolment_uuid, activity_id=activity_id),
        )
    except handing_in.Incomplete:
        if wants_json():
            raise
        found = queries.stage_page(enrolment_uuid, activity_id, by=actor())
        return page("classroom/work_confirm.html", status=409, found=found, missing=shown_gaps(found))
