"""Reads of notified imports, each compared, as its viewer may see the comparison."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.custody.models import Firearm
from enduse.deliveries.imports.comparing import ON_MANIFEST, Comparison, compared_all, serials_compared
from enduse.deliveries.imports.models import ImportNotification, ImportSerial

SERIALS_SHOWN = 50


def imports(user: User | None, *, sort: str = "", search: str = "", licence: str = "") -> QuerySet[ImportNotification]:
    """The viewer's notifications with `serial_count`, newest first. `search` in references, exporters and importers; `licence`: that name it."""
    rows = ImportNotification.objects.visible_to(user)
    if sort in dict(ImportNotification.SORTS):
        rows = rows.filter(sort=sort)
    if licence:
        rows = rows.filter(licence_reference=licence.strip().upper())
    if search.strip():
        text = search.strip()
        rows = rows.filter(Q(reference__iexact=text) | Q(licence_reference__icontains=text) | Q(exporter__icontains=text)
                           | Q(importer__name__icontains=text) | Q(country_of_export__iexact=text))
    counted = ImportSerial.objects.filter(notification=OuterRef("pk")).order_by().values("notification").annotate(n=Count("pk")).values("n")
    rows = rows.annotate(serial_count=Coalesce(Subquery(counted), 0, output_field=IntegerField()))
    return rows.select_related("importer", "recorded_by", "withdrawal__recorded_by").order_by("-pk")


def with_comparison(user: User | None, rows: Sequence[ImportNotification]) -> list[tuple[ImportNotification, Comparison]]:
    """Each notification with what the comparison tells this viewer."""
    found = compared_all(rows)
    sees_all = scope_of(user, "import") is Scope.ALL
    return [(each, found[each.pk] if sees_all else found[each.pk].for_importer(each.licence_reference)) for each in rows]


def serials_of(user: User | None, notification: ImportNotification, *, is_ours: bool) -> tuple[list[ImportSerial], dict[str, Firearm]]:
    """The serials of a notification, those first that stand on no manifest; and by its serial what the register has, where the viewer sees it."""
    rows = serials_compared(notification.serials.all())
    if is_ours:
        off = list(rows.exclude(ON_MANIFEST).order_by("pk")[:SERIALS_SHOWN])
        shown = [*off, *rows.filter(ON_MANIFEST).order_by("pk")[:SERIALS_SHOWN - len(off)]]
    else:
        shown = list(rows.order_by("pk")[:SERIALS_SHOWN])
    for each in shown:
        each.is_expected = bool(each.of_make or (not each.make and each.of_serial))
    found = Firearm.objects.visible_to(user).filter(serial_key__in=[each.serial_key for each in shown])
    by_serial = {(gun.serial_key, gun.make): gun for gun in found}
    return shown, {each.serial: gun for each in shown if (gun := by_serial.get((each.serial_key, each.make))) is not None}
