"""People and where they belong: colleges, majors, classes, persons, students."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from portal.enums import StudentKind
from portal.pinyin import person_initials

if TYPE_CHECKING:
    from portal.standing_types import Standing


class College(models.Model):
    """One college or unit of the university; never deleted, because records point at it."""

    code = models.CharField(_("学院代码"), max_length=16, unique=True)
    name = models.CharField(_("学院名称"), max_length=64, unique=True)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("学院")
        verbose_name_plural = _("学院")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Major(models.Model):
    """One major that a college offers."""

    college = models.ForeignKey(College, models.PROTECT, related_name="majors", verbose_name=_("学院"))
    code = models.CharField(_("专业代码"), max_length=16, unique=True)
    name = models.CharField(_("专业名称"), max_length=64)

    class Meta:
        verbose_name = _("专业")
        verbose_name_plural = _("专业")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class ClassGroup(models.Model):
    """One class (班级): the students of a major who entered in one year and are taught together."""

    major = models.ForeignKey(Major, models.PROTECT, related_name="classes", verbose_name=_("专业"))
    cohort = models.PositiveSmallIntegerField(_("年级"))
    name = models.CharField(_("班级"), max_length=32, unique=True)

    class Meta:
        verbose_name = _("班级")
        verbose_name_plural = _("班级")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class InitialsField(models.CharField):
    """The pinyin initials of the name beside it, worked out whenever the row is written with it."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: ARG002, FBT001 - Django's signature
        """Return what the present name gives."""
        value = person_initials(model_instance.name)[: self.max_length]  # type: ignore[attr-defined]  # a person has one
        setattr(model_instance, self.attname, value)
        return value


class PersonManager(BaseUserManager["Person"]):
    """Creates people; ``createsuperuser`` uses it for the administrator."""

    def create_user(self, number: str, name: str = "", password: str | None = None, **extra: Any) -> Person:
        """Create one person; without a password the account can only sign in through the campus."""
        person = self.model(number=number, name=name or number, **extra)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, number: str, name: str = "", password: str | None = None, **extra: Any) -> Person:
        """Create the first administrator."""
        return self.create_user(number, name, password, is_staff=True, is_superuser=True, **extra)


class Person(AbstractBaseUser, PermissionsMixin):
    """One human being with an account: a student or a member of staff, known by the university's number."""

    number = models.CharField(_("学号/工号"), max_length=32, unique=True)
    name = models.CharField(_("姓名"), max_length=64)
    initials = InitialsField(_("拼音首字母"), max_length=64, default="", db_default="", editable=False, db_index=True)
    email = models.EmailField(_("电子邮箱"), blank=True)
    phone = models.CharField(_("联系电话"), max_length=32, blank=True)
    is_active = models.BooleanField(_("可登录"), default=True)
    is_staff = models.BooleanField(_("可进入后台"), default=False)
    must_change_password = models.BooleanField(_("须更改密码"), default=False)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "number"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"

    def get_full_name(self) -> str:
        """Return the name."""
        return self.name

    def get_short_name(self) -> str:
        """Return the name: Chinese names are not shortened."""
        return self.name

    @cached_property
    def standing(self) -> Standing:
        """What the person may act as today: one query per request, however often it is asked."""
        from portal.standing import standing_of  # noqa: PLC0415 - standing reads appointments, which point at people

        return standing_of(self)


class Student(models.Model):
    """One entry of the student roll (学籍): who, in which college, class and cohort, from when to when."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="student", verbose_name=_("人员"))
    college = models.ForeignKey(College, models.PROTECT, related_name="students", verbose_name=_("学院"))
    major = models.ForeignKey(Major, models.PROTECT, related_name="students", verbose_name=_("专业"))
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="students", verbose_name=_("班级"))
    cohort = models.PositiveSmallIntegerField(_("年级"))
    kind = models.CharField(_("学生类别"), max_length=16, choices=StudentKind, default=StudentKind.FULL_TIME)
    entered_on = models.DateField(_("入学日期"))
    leaves_on = models.DateField(_("预计毕业日期"))
    on_roll = models.BooleanField(_("在籍"), default=True)

    class Meta:
        verbose_name = _("学生")
        verbose_name_plural = _("学生")
        ordering = ("person__number",)
        indexes: ClassVar = [models.Index(fields=["college", "cohort"], name="student_college_cohort")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(leaves_on__gt=models.F("entered_on")), name="student_leaves_after_entry"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)
