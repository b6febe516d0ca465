"""The pack's part on conversion: grade bands, courses, which categories each takes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext as _

from credits.evaluation.bands import Band, check_bands
from credits.evaluation.pack.general import STAGE_ROLES
from credits.evaluation.pack.reader import Reader, did_you_mean
from credits.evaluation.scheme import BandTemplate, Conversion, CourseDefault

BAND_CELLS = 2


def read_conversion(reader: Reader) -> Conversion:
    """How points become course credit."""
    templates = {name: _read_template(name, bands) for name, bands in reader.named_children("bands").items()}
    conversion = Conversion(
        whole_records=reader.flag("whole_records"),
        courses=tuple(_read_course(course, templates) for course in reader.children("course", least=1)),
        templates=MappingProxyType(templates),
        informs=_read_roles(reader),
        display_list=reader.flag("display_list"),
        clause=reader.text("clause"),
        note=reader.text_or("note"),
    )
    reader.finish()
    return conversion


def _read_roles(reader: Reader) -> tuple[str, ...]:
    roles = reader.texts("informs")
    for role in roles:
        if role not in STAGE_ROLES:
            reader.problem("informs", _("没有“%(role)s”这个角色") % {"role": role} + did_you_mean(role, STAGE_ROLES))
    return roles


def _read_template(code: str, reader: Reader) -> BandTemplate:
    bands = [band for band in (_read_band(reader, path, cells) for path, cells in reader.rows("rows", least=1)) if band]
    for message in check_bands(bands) if bands else []:
        reader.problem("rows", message)
    template = BandTemplate(
        code=code,
        label=reader.text("label"),
        bands=tuple(bands),
        clause=reader.text("clause"),
        assumed=reader.flag("assumed"),
        note=reader.text_or("note"),
    )
    reader.finish()
    return template


def _read_band(reader: Reader, path: tuple[str | int, ...], cells: list[object]) -> Band | None:
    if len(cells) != BAND_CELLS:
        reader.problem_at(path, _("每档应为“区间, 成绩”"))
        return None
    try:
        return Band.parse(str(cells[0]), str(cells[1]))
    except ValueError as error:
        reader.problem_at(path, str(error))
        return None


def _read_course(reader: Reader, templates: Mapping[str, BandTemplate]) -> CourseDefault:
    template = reader.one_of("bands", templates)
    course = CourseDefault(
        code=reader.text("code"),
        name=reader.text("name"),
        credits=reader.decimal("credits"),
        bands=templates[template].bands if template in templates else (),
        categories=reader.texts("categories", least=1),
        template=template,
        assumed=reader.flag("assumed"),
        note=reader.text_or("note"),
    )
    reader.finish()
    return course
