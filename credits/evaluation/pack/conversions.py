"""The pack's part on conversion: grade bands, courses, which categories each takes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from django.utils.translation import gettext as _

from credits.evaluation.bands import Band, check_bands
from credits.evaluation.pack.procedure import STAGE_ROLES, read_if_there, read_publicity
from credits.evaluation.pack.reader import Reader, did_you_mean
from credits.evaluation.scheme import BandTemplate, Conversion, ConversionKind, CourseDefault

BAND_CELLS = 2
GRADE, OFFSET = "grade", "offset"
MODES = (GRADE, OFFSET)


def read_conversion(reader: Reader) -> Conversion:
    """How points become course credit."""
    templates = {name: _read_template(name, bands) for name, bands in reader.named_children("bands").items()}
    mode = reader.one_of("mode", MODES, GRADE)
    offset = mode == OFFSET
    conversion = Conversion(
        mode=mode,
        whole_records=reader.flag("whole_records"),
        courses=tuple(_read_course(each, templates) for each in reader.children("course", least=0 if offset else 1)),
        templates=MappingProxyType(templates),
        informs=_read_roles(reader),
        display_list=reader.flag("display_list"),
        clause=reader.text("clause"),
        note=reader.text_or("note"),
        rate=_read_rate(reader),
        cap=reader.decimal_or("cap"),
        grade=reader.text("grade") if offset else reader.text_or("grade"),
        kinds=tuple(_read_kind(kind) for kind in reader.children("kind", least=1 if offset else 0)),
        publicity=read_if_there(reader, "publicity", read_publicity),
    )
    reader.finish()
    return conversion


def _read_rate(reader: Reader) -> Decimal:
    rate = reader.decimal_or("rate", least=None)
    if rate is not None and rate <= 0:
        reader.problem("rate", _("应大于 0"))
    return Decimal(1) if rate is None else rate


def _read_kind(reader: Reader) -> ConversionKind:
    kind = ConversionKind(
        code=reader.text("code"),
        name=reader.text("name"),
        categories=reader.texts("categories"),
        judged=reader.flag("judged"),
        clause=reader.text_or("clause"),
        note=reader.text_or("note"),
    )
    reader.finish()
    return kind


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
