"""Addresses of the committee's pages, below /desk/committee/."""

from django.urls import path

from review.committee.views import agenda, items, meetings, members, papers, unanimous

urlpatterns = [
    path("", members.committee, name="committee"),
    path("meetings/", meetings.meetings, name="meetings"),
    path("meetings/new/", meetings.meeting_new, name="meeting_new"),
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<int:pk>/edit/", meetings.meeting_edit, name="meeting_edit"),
    path("meetings/<int:pk>/agenda/", agenda.meeting_agenda, name="meeting_agenda"),
    path("meetings/<int:pk>/order/", agenda.meeting_order, name="meeting_order"),
    path("meetings/<int:pk>/presence/", meetings.meeting_presence, name="meeting_presence"),
    path("meetings/<int:pk>/unanimous/", unanimous.meeting_unanimous, name="meeting_unanimous"),
    path(
        "meetings/<int:pk>/unanimous/<uuid:number>/",
        unanimous.meeting_unanimous_result,
        name="meeting_unanimous_result",
    ),
    path("meetings/<int:pk>/close/", meetings.meeting_close, name="meeting_close"),
    path("meetings/<int:pk>/minutes/", papers.meeting_minutes, name="meeting_minutes"),
    path("meetings/<int:pk>/export/", papers.meeting_export, name="meeting_export"),
    path("meetings/items/<int:pk>/", items.agenda_item, name="agenda_item"),
    path("meetings/items/<int:pk>/vote/", items.agenda_vote, name="agenda_vote"),
    path("meetings/items/<int:pk>/decide/", items.agenda_decide, name="agenda_decide"),
    path("meetings/items/<int:pk>/remove/", agenda.agenda_remove, name="agenda_remove"),
]
