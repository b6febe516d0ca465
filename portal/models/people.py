"""People."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonManager(BaseUserManager["Person"]):
    """Creates people with a usable or unusable password."""

    def create_user(self, number: str, password: str | None = None, **facts: object) -> "Person":
        """Create a person who signs in by their number."""
        person = self.model(number=number, **facts)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, number: str, password: str | None = None, **facts: object) -> "Person":
        """Create a technical administrator."""
        return self.create_user(number, password, **{"is_staff": True, "is_superuser": True, **facts})


class Person(AbstractBaseUser, PermissionsMixin):
    """One human being who may sign in."""

    number = models.CharField(_("学号/工号"), max_length=32, unique=True)
    name = models.CharField(_("姓名"), max_length=100)
    email = models.EmailField(_("电子邮箱"), blank=True)
    phone = models.CharField(_("联系电话"), max_length=32, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    is_staff = models.BooleanField(_("可进入后台"), default=False)

    USERNAME_FIELD = "number"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = PersonManager()

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"
