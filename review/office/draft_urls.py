"""Addresses of drafts, replays and rulings, below /office/."""

from django.urls import path

from review.office import draft_publishing, drafts, replays, rulings

urlpatterns = [
    path("drafts/", drafts.drafts, name="drafts"),
    path("drafts/new/", drafts.draft_new, name="draft_new"),
    path("drafts/<int:pk>/", drafts.draft, name="draft"),
    path("drafts/<int:pk>/difference/", drafts.draft_difference, name="draft_difference"),
    path("drafts/<int:pk>/examples/", drafts.draft_examples, name="draft_examples"),
    path("drafts/<int:pk>/source/", drafts.draft_source, name="draft_source"),
    path("drafts/<int:pk>/discard/", drafts.draft_discard, name="draft_discard"),
    path("drafts/<int:pk>/publish/", draft_publishing.draft_publish, name="draft_publish"),
    path("drafts/<int:pk>/replays/", replays.draft_replays, name="draft_replays"),
    path("drafts/replays/<int:pk>/", replays.replay, name="replay"),
    path("drafts/replays/<int:pk>/export/", replays.replay_export, name="replay_export"),
    path("rulings/", rulings.rulings, name="rulings"),
    path("rulings/new/<int:pk>/", rulings.ruling_new, name="ruling_new"),
    path("rulings/<int:pk>/adopt/", rulings.ruling_adopt, name="ruling_adopt"),
]
