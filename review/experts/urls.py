"""Addresses of experts, of those who assign them, and of the office that collates."""

from django.urls import path

from review.experts.views import assigning, collation, conflicts, scoring

urlpatterns = [
    path("desk/experts/", scoring.expert_desk, name="expert_desk"),
    path("desk/experts/start/", scoring.expert_first, name="expert_first"),
    path("desk/experts/conflicts/", conflicts.expert_conflicts, name="expert_conflicts"),
    path("desk/experts/<int:pk>/", scoring.expert_task, name="expert_task"),
    path("desk/experts/<int:pk>/score/", scoring.expert_score, name="expert_score"),
    path("desk/experts/<int:pk>/abstain/", scoring.expert_abstain, name="expert_abstain"),
    path("desk/deliver/<int:pk>/", collation.deliver, name="deliver"),
    path("desk/assigning/", assigning.assigning, name="assigning"),
    path("desk/assigning/plan/", assigning.assigning_plan, name="assigning_plan"),
    path("desk/assigning/carry-out/", assigning.assigning_carry_out, name="assigning_carry_out"),
    path("desk/assigning/export/", assigning.assignments_export, name="assignments_export"),
    path("desk/assigning/<int:pk>/", assigning.assigning_claim, name="assigning_claim"),
    path("desk/assigning/<int:pk>/assign/", assigning.assigning_assign, name="assigning_assign"),
    path("desk/assigning/<int:pk>/return/", assigning.assigning_return, name="assigning_return"),
    path("desk/assigning/tasks/<int:pk>/take-back/", assigning.assigning_take_back, name="assigning_take_back"),
    path("office/collation/", collation.collation, name="collation"),
    path("office/collation/export/", collation.collation_export, name="collation_export"),
    path("office/collation/<int:pk>/pass/", collation.collation_pass, name="collation_pass"),
    path("office/collation/<int:pk>/remind/", collation.collation_remind, name="collation_remind"),
    path("office/conflicts/", conflicts.conflicts, name="conflicts"),
    path("office/conflicts/<int:pk>/lift/", conflicts.conflict_lift, name="conflict_lift"),
]
