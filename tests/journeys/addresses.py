"""Every address of the portal, the thing it is asked for, and what each role is answered: the table of who may what.

One sign per role, in the order of ``ROLES``. A sign under GET or POST says:

    ✓ the page (200)        → led on (302)           s led to sign in
    - no such thing (404)   x refused (403)          · not with this method (405)
    ! shown again with what is wrong (422)           ~ somebody was faster (409)
    k asks for a key (401)
"""

from __future__ import annotations

from typing import NamedTuple

from django.urls import get_resolver, reverse

from review.office.list_exports import LIST_EXPORTS
from tests.journeys.world import BATCH_NUMBER

ROLES = (
    *("anonymous", "owner", "classmate"),
    *("secretary", "stranger", "counsellor"),
    *("unit", "other_unit", "office"),
    *("committee", "auditor", "administrator", "expert"),
)


class Place(NamedTuple):
    """One row of the table."""

    name: str
    thing: str
    get: str
    post: str


def table(text):
    """Read the rows of a table as it is drawn below."""
    lines = [line.split("|") for line in text.strip().splitlines()]
    cells = [[cell.strip() for cell in line] for line in lines]
    return [Place(name, thing, get.replace(" ", ""), post.replace(" ", "")) for name, thing, get, post in cells]


PLACES = table(
    """
    home                            |                  | s→→ →→→ →→→ →→→→ | s·· ··· ··· ····
    favicon                         |                  | →→→ →→→ →→→ →→→→ | ··· ··· ··· ····
    signin                          |                  | ✓→→ →→→ →→→ →→→→ | ✓→→ →→→ →→→ →→→→
    signin_demo                     |                  | ··· ··· ··· ···· | --- --- --- ----
    campus                          |                  | --- --- --- ---- | --- --- --- ----
    campus_out                      |                  | --- --- --- ---- | ··· ··· ··· ····
    signout                         |                  | ··· ··· ··· ···· | sss sss sss ssss
    set_language                    |                  | →→→ →→→ →→→ →→→→ | →→→ →→→ →→→ →→→→
    notices                         |                  | s✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | s·· ··· ··· ····
    read_notices                    |                  | s·· ··· ··· ···· | s→→ →→→ →→→ →→→→
    design                          |                  | --- --- --- ---- | ··· ··· ··· ····
    design_form                     |                  | --- --- --- ---- | ··· ··· ··· ····
    password_change                 |                  | s✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | s→→ →→→ →→→ →→→→
    powers                          |                  | s-- ✓✓✓ ✓✓✓ ✓✓✓✓ | s·· ··· ··· ····
    delegation_new                  | own_power        | s-- ✓-- --- ---- | s-- →-- --- ----
    delegation_revoke               | passed_on        | s·· ··· ··· ···· | s-- →-- --- --→-
    appointments                    |                  | s-- --- --✓ -✓✓- | s·· ··· ··· ····
    review:audit                    |                  | s-- --- --✓ -✓✓- | s·· ··· ··· ····
    review:audit_event              | audited          | s-- --- --✓ -✓-- | s·· ··· ··· ····
    notice_settings                 |                  | s✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | s→→ →→→ →→→ →→→→
    outbox                          |                  | s-- --- --✓ --✓- | s·· ··· ··· ····
    outbox_retry                    | mail             | s·· ··· ··· ···· | s-- --- --→ --→-
    outbox_retry_all                |                  | s·· ··· ··· ···· | s-- --- --→ --→-
    review:audit_export             |                  | s-- --- --✓ -✓✓- | s-- --- --✓ -✓✓-
    people                          |                  | s-- --- --✓ --✓- | s·· ··· ··· ····
    people_template                 |                  | s-- --- --✓ --✓- | s·· ··· ··· ····
    people_import                   |                  | s-- --- --✓ --✓- | s-- --- --✓ --✓-
    people_import_apply             |                  | s·· ··· ··· ···· | s-- --- --→ --→-
    credits:claims                  |                  | s✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | s·· ··· ··· ····
    credits:claim_new               |                  | s✓✓ xxx xxx xxxx | s→→ xxx xxx xxxx
    credits:suggestion              |                  | s✓- --- --- ---- | s·· ··· ··· ····
    credits:claim                   | draft            | s✓- --- --- ---- | s·· ··· ··· ····
    credits:claim                   | put_away         | s✓- --- --- ---- | s·· ··· ··· ····
    credits:claim                   | pending          | s✓- ✓-✓ --✓ ✓✓-- | s·· ··· ··· ····
    credits:claim                   | foreign          | s-✓ ✓-✓ --✓ ✓✓-- | s·· ··· ··· ····
    credits:claim                   | returned         | s✓- ✓-✓ --✓ ✓✓-- | s·· ··· ··· ····
    credits:claim                   | recognised       | s✓- ✓-✓ --✓ ✓✓-- | s·· ··· ··· ····
    credits:claim                   | recorded         | s✓- ✓-✓ ✓-✓ ✓✓-- | s·· ··· ··· ····
    credits:claim_edit              | draft            | s✓- --- --- ---- | s→- --- --- ----
    credits:claim_submit            | draft            | s·· ··· ··· ···· | s→- --- --- ----
    credits:claim_withdraw          | pending          | s·· ··· ··· ···· | s→- --- --- ----
    credits:claim_discard           | draft            | s·· ··· ··· ···· | s→- --- --- ----
    credits:claim_reopen            | withdrawn        | s·· ··· ··· ···· | s→- --- --- ----
    credits:claim_saved             | draft            | s✓- --- --- ---- | s·· ··· ··· ····
    credits:receipt                 | draft            | s-- --- --- ---- | s·· ··· ··· ····
    credits:receipt                 | pending          | s✓- ✓-✓ --✓ ✓✓-- | s·· ··· ··· ····
    credits:explanation             | draft            | s✓- --- --- ---- | s·· ··· ··· ····
    credits:explanation             | pending          | s✓- ✓-✓ --✓ ✓✓-- | s·· ··· ··· ····
    credits:explanation             | recorded         | s✓- ✓-✓ ✓-✓ ✓✓-- | s·· ··· ··· ····
    credits:evidence_add            | draft            | s·· ··· ··· ···· | s✓- --- --- ----
    credits:evidence_remove         | draft_evidence   | s·· ··· ··· ···· | s✓- --- --- ----
    credits:evidence_file           | draft_evidence   | s✓- --- --- ---- | s·· ··· ··· ····
    credits:evidence_file           | pending_evidence | s✓- ✓-✓ --✓ ✓✓-- | s·· ··· ··· ····
    credits:evidence_page           | draft_page       | s✓- --- --- ---- | s·· ··· ··· ····
    credits:evidence_page           | pending_page     | s✓- ✓-✓ --✓ ✓✓-- | s·· ··· ··· ····
    credits:evidence_page           | task_page        | s✓- ✓-✓ --✓ ✓--✓ | s·· ··· ··· ····
    credits:evidence_file           | removed_evidence | s✓- --- --- ---- | s·· ··· ··· ····
    credits:claim                   | in_scoring       | s✓- ✓-✓ --✓ ✓--✓ | s·· ··· ··· ····
    credits:claim                   | unassigned       | s✓- ✓-✓ --✓ ✓--- | s·· ··· ··· ····
    credits:evidence_file           | task_evidence    | s✓- ✓-✓ --✓ ✓--✓ | s·· ··· ··· ····
    credits:points                  |                  | s✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | s·· ··· ··· ····
    credits:points_statement        |                  | s✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | s·· ··· ··· ····
    credits:statement_export        |                  | s✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | s·· ··· ··· ····
    credits:points_export           | xlsx             | s✓✓ --- --- ---- | s·· ··· ··· ····
    credits:library_choose          |                  | s✓- --- --- ---- | s·· ··· ··· ····
    credits:library_search          |                  | s✓- --- --- ---- | s·· ··· ··· ····
    credits:library                 |                  | s✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | s·· ··· ··· ····
    credits:library_request         |                  | s✓✓ xxx xxx xxxx | s→→ xxx xxx xxxx
    credits:schemes                 |                  | ✓✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | ··· ··· ··· ····
    credits:service                 | scheme           | ✓✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | ··· ··· ··· ····
    credits:round_file              | file_shown       | ✓✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | ··· ··· ··· ····
    credits:round_file              | file_hidden      | --- --- --✓ ---- | ··· ··· ··· ····
    credits:scheme_version          | version          | ✓✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | ··· ··· ··· ····
    credits:scheme_source           | version          | s-- --- --✓ ---- | s·· ··· ··· ····
    credits:claim_form              | draft            | s-- --- --- ---- | s·· ··· ··· ····
    credits:claim_form              | pending          | s✓- ✓-✓ --✓ ✓✓-- | s·· ··· ··· ····
    credits:claim_form              | recorded         | s-- --- --- ---- | s·· ··· ··· ····
    credits:sanction                | sanction         | s✓- --- --✓ ✓--- | s→- --- --x x---
    credits:sanction                | appealed         | s✓- --- --✓ ✓--- | s!- --- --x x---
    credits:record                  |                  | s✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | s·· ··· ··· ····
    credits:record_export           | xlsx             | s✓- --- --- ---- | s·· ··· ··· ····
    conversion:desk                 |                  | s✓✓ --- --- ---- | s·· ··· ··· ····
    conversion:offerings            |                  | s✓✓ --- --- ---- | s·· ··· ··· ····
    conversion:apply                | offering         | s✓✓ --- --- ---- | s→! --- --- ----
    conversion:reckon               | offering         | s✓✓ --- --- ---- | s·· ··· ··· ····
    conversion:application          | app_draft        | s✓- --- --- ---- | s·· ··· ··· ····
    conversion:application          | app_put_away     | s✓- --- --- ---- | s·· ··· ··· ····
    conversion:application          | app_pending      | s✓- ✓-✓ --✓ ✓✓-- | s·· ··· ··· ····
    conversion:application          | app_returned     | s✓- ✓-✓ --✓ ✓✓-- | s·· ··· ··· ····
    conversion:application          | app_approved     | s✓- ✓-✓ --✓ ✓✓-- | s·· ··· ··· ····
    conversion:application          | app_public       | s✓- ✓-✓ --✓ ✓--- | s·· ··· ··· ····
    conversion:application_edit     | app_draft        | s✓- --- --- ---- | s→- --- --- ----
    conversion:application_submit   | app_draft        | s✓- --- --- ---- | s→- --- --- ----
    conversion:application_withdraw | app_pending      | s·· ··· ··· ···· | s→- --- --- ----
    conversion:form_pdf             | app_pending      | s-- --- --- ---- | s·· ··· ··· ····
    conversion:form_pdf             | app_approved     | s✓- ✓-✓ --✓ ✓✓-- | s·· ··· ··· ····
    conversion:verify               | form             | ✓✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | ··· ··· ··· ····
    review:desk                     |                  | s-- ✓✓✓ ✓✓✓ ✓✓-- | s-- ··· ··· ··--
    review:claims                   |                  | s-- ✓✓✓ ✓✓✓ ✓✓-- | s-- ··· ··· ··--
    review:claim_first              |                  | s-- →→→ →→→ →→-- | s-- ··· ··· ··--
    review:claims_export            |                  | s-- ✓✓✓ ✓✓✓ ✓✓-- | s-- ✓✓✓ ✓✓✓ ✓✓--
    review:batch                    |                  | s-- ✓✓✓ ✓✓✓ ✓✓-- | s-- ··· ··· ··--
    review:batch_carry_out          |                  | s-- ··· ··· ··-- | s-- →~~ ~~~ ~~--
    review:batch_result             | batch            | s-- ✓-- --- ---- | s-- ··· ··· ··--
    review:awards                   |                  | s-- ✓✓✓ ✓✓✓ ✓✓-- | s-- ··· ··· ··--
    review:award                    | pending          | s-- ✓-✓ --✓ ✓✓-- | s-- ··· ··· ··--
    review:award_decide             | pending          | s-- ··· ··· ··-- | s-- →-~ --~ ~~--
    review:sheets                   |                  | s-- ✓✓- --✓ ---- | s-- →→- --→ ----
    review:sheet_export             |                  | s-- ··· ··· ··-- | s-- ✓→- --✓ ----
    review:sheet                    | sheet            | s-- ✓-- --- ---- | s-- ··· ··· ··--
    review:sheet_workbook           | sheet            | s-- ✓-- --- ---- | s·· ··· ··· ····
    review:sheet_apply              | sheet            | s-- ··· ··· ··-- | s-- →-- --- ----
    review:sheet_discard            | sheet            | s-- ··· ··· ··-- | s-- →-- --- ----
    review:sheet_refused_export     | sheet            | s-- ··· ··· ··-- | s-- ✓-- --- ----
    review:batch_undo               | batch            | s-- ··· ··· ··-- | s-- →-- --- ----
    review:saved_views              | look_claims      | s-- ✓✓✓ ✓✓✓ ✓✓-- | s-- ··· ··· ··--
    review:view_save                | look_claims      | s-- ··· ··· ··-- | s-- →→→ →→→ →→--
    review:look_keep                | look_claims      | s-- ··· ··· ··-- | s-- →→→ →→→ →→--
    review:look_forget              | look_claims      | s-- ··· ··· ··-- | s-- →→→ →→→ →→--
    review:saved_views              | look_conversions | s-- ✓✓✓ ✓✓✓ ✓✓-- | s-- ··· ··· ··--
    review:view_save                | look_conversions | s-- ··· ··· ··-- | s-- →→→ →→→ →→--
    review:view_rename              | saved_view       | s-- ··· ··· ··-- | s-- →-- --- ----
    review:view_delete              | saved_view       | s-- ··· ··· ··-- | s-- →-- --- ----
    review:claim                    | draft            | s-- --- --- ---- | s-- ··· ··· ··--
    review:claim                    | put_away         | s-- --- --- ---- | s-- ··· ··· ··--
    review:claim                    | pending          | s-- ✓-✓ --✓ ✓✓-- | s-- ··· ··· ··--
    review:claim                    | recognised       | s-- ✓-✓ --✓ ✓✓-- | s-- ··· ··· ··--
    review:claim                    | recorded         | s-- ✓-✓ ✓-✓ ✓✓-- | s-- ··· ··· ··--
    review:claim_decide             | pending          | s-- ··· ··· ··-- | s-- →-x --x xx--
    review:claim_undo               | pending          | s-- ··· ··· ··-- | s-- →-x --x xx--
    review:claim_revoke             | recognised       | s-- ··· ··· ··-- | s-- x-x --→ xx--
    credits:team                    | team_draft       | s✓- --- --- ---- | s→- --- --- ----
    credits:memberships             |                  | s✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | s·· ··· ··· ····
    credits:membership              | team_member      | s-✓ --- --- ---- | s-→ --- --- ----
    review:duplicates               | pending          | s-- ✓-✓ --✓ ✓✓-- | s-- ··· ··· ··--
    review:duplicate_dismiss        | pair             | s-- ··· ··· ··-- | s-- →-x --→ xx--
    review:duplicate_restore        | pair_dismissed   | s-- ··· ··· ··-- | s-- →-x --→ xx--
    review:claim_join               | unassigned       | s-- ··· ··· ··-- | s-- x-x --→ x---
    review:claim_share              | team_claim       | s-- ··· ··· ··-- | s-- →-x --→ x---
    review:claim_exclude            | team_member      | s-- ··· ··· ··-- | s-- →-x --x x---
    review:applications             |                  | s-- ✓✓✓ ✓✓✓ ✓✓-- | s-- ··· ··· ··--
    review:application_first        |                  | s-- →→→ →→→ →→-- | s-- ··· ··· ··--
    review:applications_export      |                  | s-- ✓✓✓ ✓✓✓ ✓✓-- | s-- ✓✓✓ ✓✓✓ ✓✓--
    review:results                  |                  | s-- ✓✓- --✓ ---- | s-- ··· ··· ··--
    review:application              | app_draft        | s-- --- --- ---- | s-- ··· ··· ··--
    review:application              | app_put_away     | s-- --- --- ---- | s-- ··· ··· ··--
    review:application              | app_pending      | s-- ✓-✓ --✓ ✓✓-- | s-- ··· ··· ··--
    review:application              | app_public       | s-- ✓-✓ --✓ ✓--- | s-- ··· ··· ··--
    review:application_decide       | app_pending      | s-- ··· ··· ··-- | s-- →-x --x xx--
    review:application_decide       | app_put_away     | s-- ··· ··· ··-- | s-- --- --- ----
    review:application_undo         | app_approved     | s-- ··· ··· ··-- | s-- →-x --→ xx--
    review:filing                   |                  | s-- ✓✓- --✓ ---- | s-- ··· ··· ··--
    review:missing                  |                  | s-- ✓✓✓ ✓✓✓ ✓✓-- | s-- ··· ··· ··--
    review:missing_remind           |                  | s-- ✓✓- --✓ ---- | s-- →→- --→ ----
    review:scan                     |                  | s-- ✓✓- --✓ ---- | s-- →→- --→ ----
    review:forms_print              | print_missing    | s-- ··· ··· ··-- | s-- ✓→- --✓ ----
    review:missing_export           |                  | s-- ✓✓✓ ✓✓✓ ✓✓-- | s-- ✓✓✓ ✓✓✓ ✓✓--
    review:form_file                | form             | s-- ··· ··· ··-- | s-- →-x --→ xx--
    review:form_unfile              | filed            | s-- ··· ··· ··-- | s-- →-x --→ xx--
    review:expert_desk              |                  | s-- --- --- ---✓ | s-- --- --- ---·
    review:expert_first             |                  | s-- --- --- ---→ | s-- --- --- ---·
    review:expert_conflicts         |                  | s-- --- --- ---✓ | s-- --- --- ---→
    review:expert_task              | task             | s-- --- --- ---✓ | s-- --- --- ---·
    review:expert_task              | other_task       | s-- --- --- ---- | s-- --- --- ---·
    review:expert_score             | task             | s-- --- --- ---· | s-- --- --- ---→
    review:expert_score             | other_task       | s-- --- --- ---· | s-- --- --- ----
    review:expert_abstain           | task             | s-- --- --- ---· | s-- --- --- ---→
    review:deliver                  | due_round        | s-- ··· ··· ··-- | s-- →-- --- ----
    review:assigning                |                  | s-- --- ✓✓✓ -✓-- | s-- --- ··· -·--
    review:assigning_plan           |                  | s-- --- →→✓ -→-- | s-- --- ··· -·--
    review:assigning_carry_out      |                  | s-- --- ··· -·-- | s-- --- ~~→ -~--
    review:assignments_export       |                  | s-- --- --✓ -✓-- | s-- --- --✓ -✓--
    review:assigning_claim          | unassigned       | s-- --- --✓ ---- | s-- --- ··· -·--
    review:assigning_assign         | unassigned       | s-- --- ··· -·-- | s-- --- --→ ----
    review:assigning_return         | unassigned       | s-- --- ··· -·-- | s-- --- --→ ----
    review:assigning_take_back      | task             | s-- --- ··· -·-- | s-- --- --→ ----
    review:collation                |                  | s-- --- --✓ -✓-- | s-- ··· ··· ··--
    review:collation_export         |                  | s-- --- --✓ ---- | s-- --- --✓ ----
    review:collation_pass           | delivered_round  | s-- --- --✓ ---- | s-- ··· ··· ··--
    review:collation_remind         | due_round        | s-- ··· ··· ··-- | s-- --- --→ ----
    review:conflicts                |                  | s-- --- --✓ ---- | s-- --- --→ ----
    review:conflict_lift            | conflict         | s-- --- --· ---- | s-- --- --→ ----
    review:committee                |                  | s-- --- --✓ ✓✓-- | s-- ··· ··· ··--
    review:meetings                 |                  | s-- --- --✓ ✓✓-- | s-- ··· ··· ··--
    review:meeting_new              |                  | s-- --- --✓ ---- | s-- --- --→ ----
    review:meeting                  | sitting          | s-- --- --✓ ✓--- | s-- ··· ··· ··--
    review:meeting_edit             | meeting          | s-- --- --✓ ---- | s-- --- --→ ----
    review:meeting_agenda           | meeting          | s-- --- --✓ ---- | s-- --- --→ ----
    review:meeting_order            | sitting          | s-- ··· ··· ··-- | s-- --- --→ ----
    review:meeting_presence         | meeting          | s-- --- --✓ ---- | s-- --- --→ ----
    review:meeting_unanimous        | sitting          | s-- --- --✓ ---- | s-- --- --→ ----
    review:meeting_unanimous_result | sitting          | s-- --- --✓ ---- | s-- ··· ··· ··--
    review:meeting_close            | sitting          | s-- --- --✓ ---- | s-- --- --→ ----
    review:meeting_minutes          | meeting_closed   | s-- --- --✓ ✓--- | s-- ··· ··· ··--
    review:meeting_export           | sitting          | s-- ··· ··· ··-- | s-- --- --✓ ✓---
    review:agenda_item              | agenda_item      | s-- --- --✓ ✓--- | s-- ··· ··· ··--
    review:agenda_vote              | agenda_other     | s-- ··· ··· ··-- | s-- --- --x →---
    review:agenda_decide            | agenda_item      | s-- ··· ··· ··-- | s-- --- --→ x---
    review:agenda_remove            | agenda_other     | s-- ··· ··· ··-- | s-- --- --→ x---
    review:rounds                   |                  | s-- --- --✓ ---- | s·· ··· ··· ····
    review:round_new                |                  | s-- --- --✓ ---- | s-- --- --→ ----
    review:round_edit               | hidden           | s-- --- --✓ ---- | s-- --- --→ ----
    review:round_publish            | hidden           | s-- --- --✓ ---- | s-- --- --→ ----
    review:round_unpublish          | shown            | s·· ··· ··· ···· | s-- --- --→ ----
    review:round_files              | hidden           | s-- --- --✓ ---- | s-- --- --→ ----
    review:round_file_remove        | file_hidden      | s·· ··· ··· ···· | s-- --- --→ ----
    review:drafts                   |                  | s-- --- --✓ -✓-- | s·· ··· ··· ····
    review:draft_new                |                  | s-- --- --✓ ---- | s-- --- --→ ----
    review:draft                    | scheme_draft     | s-- --- --✓ -✓-- | s-- --- --→ ----
    review:draft_difference         | scheme_draft     | s-- --- --✓ -✓-- | s·· ··· ··· ····
    review:draft_examples           | scheme_draft     | s-- --- --✓ -✓-- | s·· ··· ··· ····
    review:draft_source             | scheme_draft     | s-- --- --✓ -✓-- | s·· ··· ··· ····
    review:draft_discard            | scheme_draft     | s-- --- --✓ ---- | s-- --- --→ ----
    review:draft_publish            | scheme_draft     | s-- --- --✓ ---- | s-- --- --→ ----
    review:draft_replays            | scheme_draft     | s-- --- --✓ -✓-- | s-- --- --→ ----
    review:replay                   | replay           | s-- --- --✓ -✓-- | s·· ··· ··· ····
    review:replay_export            | replay           | s-- --- --✓ -✓-- | s-- --- --✓ -✓--
    review:rulings                  |                  | s-- --- --✓ ✓✓-- | s·· ··· ··· ····
    review:ruling_new               | off_table        | s-- --- --✓ ✓--- | s-- --- --→ →---
    review:ruling_new               | pending          | s-- --- --- ---- | s-- --- --- ----
    review:ruling_adopt             | ruling           | s-- --- --✓ ---- | s-- --- --→ ----
    review:courses                  |                  | s-- --- --✓ ---- | s·· ··· ··· ····
    review:waivers                  | late_round       | s-- --- --✓ ---- | s-- --- --→ ----
    review:waiver_end               | waiver           | s·· ··· ··· ···· | s-- --- --→ ----
    review:texts                    |                  | s-- --- --✓ ---- | s·· ··· ··· ····
    review:text_edit                | text             | s-- --- --✓ ---- | s-- --- --→ ----
    review:text_reset               | text             | s·· ··· ··· ···· | s-- --- --→ ----
    review:course_new               |                  | s-- --- --✓ ---- | s-- --- --→ ----
    review:course_import            |                  | s-- --- --✓ ---- | s-- --- --✓ ----
    review:course_import_template   |                  | s-- --- --✓ ---- | s·· ··· ··· ····
    review:course_import_apply      |                  | s·· ··· ··· ···· | s-- --- --→ ----
    review:course_edit              | course           | s-- --- --✓ ---- | s-- --- --→ ----
    review:offering_new             | course           | s-- --- --✓ ---- | s-- --- --→ ----
    review:offering_edit            | offering         | s-- --- --✓ ---- | s-- --- --→ ----
    review:terms                    |                  | s-- --- --✓ ---- | s-- --- --→ ----
    review:library                  |                  | s-- --- --✓ ---- | s·· ··· ··· ····
    review:library_new              |                  | s-- --- --✓ ---- | s-- --- --→ ----
    review:library_entry            | entry            | s-- --- --✓ ---- | s-- --- --→ ----
    review:library_level            | entry            | s-- --- --✓ ---- | s-- --- --→ ----
    review:library_withdraw         | entry            | s-- --- --✓ ---- | s-- --- --→ ----
    review:library_restore          | entry_withdrawn  | s·· ··· ··· ···· | s-- --- --→ ----
    review:library_merge            | entry_twin       | s-- --- --✓ ---- | s-- --- --→ ----
    review:library_duplicates       |                  | s-- --- --✓ ---- | s-- --- --→ ----
    review:library_import           |                  | s-- --- --✓ ---- | s-- --- --✓ ----
    review:library_import_template  |                  | s-- --- --✓ ---- | s·· ··· ··· ····
    review:library_import_apply     |                  | s·· ··· ··· ···· | s-- --- --→ ----
    review:library_requests         |                  | s-- --- --✓ ---- | s·· ··· ··· ····
    review:library_answer           | asked            | s-- --- --✓ ---- | s-- --- --→ ----
    review:plans                    |                  | s-- --- --✓ ---- | s·· ··· ··· ····
    review:plan_new                 |                  | s-- --- --✓ ---- | s-- --- --→ ----
    review:plan_term                |                  | s-- --- --✓ ---- | s-- --- --→ ----
    review:plan_import              |                  | s-- --- --✓ ---- | s-- --- --✓ ----
    review:plan_import_template     |                  | s-- --- --✓ ---- | s·· ··· ··· ····
    review:plan_import_apply        |                  | s·· ··· ··· ···· | s-- --- --→ ----
    review:plan_edit                | plan_course      | s-- --- --✓ ---- | s-- --- --→ ----
    review:import_history           |                  | s-- --- --✓ --✓- | s·· ··· ··· ····
    review:import_record            | history          | s-- --- --✓ ---- | s·· ··· ··· ····
    review:import_record_workbook   | history          | s-- --- --✓ ---- | s·· ··· ··· ····
    review:import_record_roll_back  | history          | s-- --- --✓ ---- | s-- --- --→ ----
    review:list_export              | list_rounds      | s-- --- --✓ ---- | s-- --- --✓ ----
    review:list_export              | list_courses     | s-- --- --✓ ---- | s-- --- --✓ ----
    review:list_export              | list_rulings     | s-- --- --✓ ✓✓-- | s-- --- --✓ ✓✓--
    review:list_export              | list_import_history | s-- --- --✓ --✓- | s-- --- --✓ --✓-
    review:list_export              | list_people      | s-- --- --✓ --✓- | s-- --- --✓ --✓-
    review:list_export              | list_appointments | s-- --- --✓ -✓✓- | s-- --- --✓ -✓✓-
    review:list_export              | list_objections  | s-- --- --✓ ---- | s-- --- --✓ ----
    review:list_export              | list_library     | s-- --- --✓ ---- | s-- --- --✓ ----
    review:imports                  |                  | s-- --- ✓✓✓ -✓-- | s·· ··· ··· ····
    review:import_new               |                  | s-- --- ✓✓✓ ---- | s-- --- →!→ ----
    review:import_template          | category         | s-- --- ✓-✓ ---- | s·· ··· ··· ····
    review:import                   | staged           | s-- --- ✓-✓ -✓-- | s·· ··· ··· ····
    review:import                   | applied          | s-- --- ✓-✓ -✓-- | s·· ··· ··· ····
    review:import_workbook          | staged           | s-- --- ✓-✓ -✓-- | s·· ··· ··· ····
    review:import_apply             | staged           | s·· ··· ··· ···· | s-- --- →-→ -x--
    review:import_discard           | staged           | s·· ··· ··· ···· | s-- --- →-→ -x--
    review:import_roll_back         | applied          | s-- --- ✓-✓ ---- | s-- --- →-→ ----
    review:points                   |                  | s-- --- --✓ -✓-- | s·· ··· ··· ····
    review:points_export            |                  | s-- --- --✓ -✓-- | s-- --- --✓ -✓--
    review:grades                   |                  | s-- --- --✓ -✓-- | s·· ··· ··· ····
    review:grades_export            |                  | s-- --- --✓ -✓-- | s-- --- --✓ -✓--
    review:public_lists             |                  | ✓✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | ··· ··· ··· ····
    review:public_list              | list_shown       | ✓✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | ··· ··· ··· ····
    review:public_list              | list_over        | --- --- --- ---- | ··· ··· ··· ····
    review:public_list              | list_draft       | --- --- --- ---- | ··· ··· ··· ····
    review:public_snapshot          | list_shown       | ✓✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | ··· ··· ··· ····
    review:public_snapshot          | list_over        | --- --- --- ---- | ··· ··· ··· ····
    review:public_verify            | list_over        | ✓✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | ··· ··· ··· ····
    review:public_verify            | list_draft       | --- --- --- ---- | ··· ··· ··· ····
    review:object_new               | list_shown       | s✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | s→→ →→→ →→→ →→→→
    review:object_new               | list_over        | s-- --- --- ---- | sxx xxx xxx xxxx
    review:my_objections            |                  | s✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | s·· ··· ··· ····
    review:my_objection             | objection        | s-✓ --- --- ---- | s·· ··· ··· ····
    review:objection_take_back      | objection        | s·· ··· ··· ···· | s-→ --- --- ----
    review:objection_file           | objection_file   | s-✓ --- --✓ ---- | s·· ··· ··· ····
    review:publicity_lists          |                  | s-- --- --✓ ✓✓-- | s·· ··· ··· ····
    review:publicity_new            |                  | s-- --- --✓ ---- | s-- --- --→ ----
    review:publicity_list           | list_draft       | s-- --- --✓ ✓--- | s·· ··· ··· ····
    review:publicity_list           | list_shown       | s-- --- --✓ ✓--- | s·· ··· ··· ····
    review:publicity_edit           | list_draft       | s-- --- --✓ ---- | s-- --- --→ ----
    review:publicity_publish        | list_draft       | s-- --- --✓ ---- | s-- --- --→ ----
    review:publicity_withdraw       | list_shown       | s-- --- --✓ ---- | s-- --- --→ ----
    review:publicity_pdf            | list_shown       | s-- --- --✓ ✓--- | s·· ··· ··· ····
    review:publicity_pdf            | list_draft       | s-- --- --- ---- | s·· ··· ··· ····
    review:notice_issue             | list_over        | s-- --- --✓ ---- | s-- --- --→ ----
    review:notice_resume            | list_noticed     | s·· ··· ··· ···· | s-- --- --→ ----
    review:notice_pdf               | list_noticed     | s-- ✓✓✓ --✓ ✓--- | s·· ··· ··· ····
    review:objections               |                  | s-- --- --✓ ---- | s·· ··· ··· ····
    review:objection                | objection        | s-- --- --✓ ---- | s·· ··· ··· ····
    review:objection_decide         | objection        | s·· ··· ··· ···· | s-- --- --→ ----
    review:holidays                 |                  | s-- --- --✓ --✓- | s-- --- --→ --→-
    review:claim_sanction           | on_record        | s-- --- --✓ ---- | s-- --- --→ ----
    review:claim_sanction           | recognised       | s-- --- --x ---- | s-- --- --x ----
    review:sanctions                |                  | s-- --- --✓ ✓✓-- | s·· ··· ··· ····
    review:sanctions_export         |                  | s-- --- --✓ ✓✓-- | s-- --- --✓ ✓✓--
    review:sanction                 | sanction         | s-- --- --✓ ✓--- | s·· ··· ··· ····
    review:sanction_answer          | appealed         | s·· ··· ··· ···· | s-- --- --→ ----
    review:sanction_conversion      | sanction         | s-- --- --✓ ---- | s-- --- --→ ----
    review:reports                  |                  | s-- ✓✓- --✓ -✓-- | s·· ··· ··· ····
    review:report                   | report_claims    | s-- ✓✓- --✓ -✓-- | s-- ✓✓- --✓ -✓--
    review:report                   | report_notices   | s-- --- --✓ -✓-- | s-- --- --✓ -✓--
    review:statistics               |                  | s-- ✓✓- --✓ -✓-- | s·· ··· ··· ····
    review:statistics_take          | scheme           | s·· ··· ··· ···· | s-- xx- --→ -x--
    review:records                  |                  | s-- --- --✓ -✓-- | s·· ··· ··· ····
    review:records_export           | record_items     | s-- --- --✓ -✓-- | s-- --- --✓ -✓--
    review:student_record           | on_roll          | s-- --- --✓ -✓-- | s·· ··· ··· ····
    review:student_record_pdf       | on_roll          | s-- --- --✓ -✓-- | s·· ··· ··· ····
    review:graduation               |                  | s-- ✓✓✓ --✓ -✓-- | s·· ··· ··· ····
    review:graduation_classes       |                  | s-- ✓✓✓ --✓ -✓-- | s·· ··· ··· ····
    review:graduation_class         | class            | s-- ✓-✓ --✓ -✓-- | s·· ··· ··· ····
    review:graduation_tell          |                  | s-- ✓✓- --✓ ---- | s-- →→- --→ ----
    review:graduation_export        |                  | s-- ✓✓✓ --✓ -✓-- | s-- ✓✓✓ --✓ -✓--
    review:reader_keys              |                  | s-- --- --✓ ---- | s-- --- --→ ----
    review:reader_key_revoke        | reader_key       | s·· ··· ··· ···· | s-- --- --→ ----
    api:api-root                    |                  | --- --- --- ---- | --- --- --- ----
    api:schema                      |                  | kkk kkk kk✓ kkkk | ··· ··· ··· ····
    api:records                     |                  | kkk kkk kkk kkkk | ··· ··· ··· ····
    job_list                        |                  | s✓✓ ✓✓✓ ✓✓✓ ✓✓✓✓ | s·· ··· ··· ····
    job_detail                      | queued           | s-- ✓-- --✓ --✓- | s·· ··· ··· ····
    job_cancel                      | queued           | s·· ··· ··· ···· | s-- →-- --→ --→-
    job_retry                       | failed           | s·· ··· ··· ···· | s-- →-- --x --x-
    job_result                      | done             | s-- ✓-- --- ---- | s·· ··· ··· ····
"""
)


def registered():
    """Return the name of every address there is, Django's own administration left out."""

    def walk(patterns, space=""):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                if pattern.namespace != "admin":
                    yield from walk(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
            else:
                yield f"{space}{pattern.name}"

    return set(walk(get_resolver().url_patterns))


def address(world, place):
    """Return the path that a place stands for in the world."""
    query = {
        "credits:claim_new": f"?round={world.round.pk}&category=competition",
        "credits:suggestion": f"?claim={world.things['draft'].pk}",
        "review:batch": f"?row={world.things['pending'].pk}:{world.things['pending'].revision}",
        "review:filing": f"?code={world.things['form'].number}",
        "review:replay_export": f"?replay={world.things['replay'].pk}",
        "credits:library_choose": f"?claim={world.things['contest_draft'].pk}",
        "credits:library_search": f"?claim={world.things['contest_draft'].pk}&q=数学",
    }
    return reverse(place.name, args=arguments(world, place)) + query.get(place.name, "")


def arguments(world, place):
    """Return what the address is made with."""
    version = world.version
    words = {
        "": [],
        "scheme": [version.scheme.code],
        "version": [version.scheme.code, version.label],
        "batch": [BATCH_NUMBER],
        "xlsx": ["xlsx"],
        "record_items": ["record_items"],
        **{f"list_{kind}": [kind] for kind in LIST_EXPORTS},
        "graduation": ["graduation"],
        "print_missing": ["missing"],
        "look_claims": ["claims"],
        "look_conversions": ["applications"],
        "report_claims": ["claims"],
        "report_notices": ["notices"],
    }
    if place.thing in words:
        return words[place.thing]
    if place.name == "review:sanction_conversion":
        return [world.things[place.thing].pk, world.things["fed"].pk]
    return NAMED.get(place.name, lambda thing: [thing.pk])(world.things[place.thing])


# What is named otherwise than by its key.
NAMED = {
    **dict.fromkeys(("review:view_rename", "review:view_delete"), lambda view: [view.queue, view.pk]),
    **dict.fromkeys(("review:text_edit", "review:text_reset"), lambda row: [row.scheme.code, row.code]),
    "review:audit_event": lambda event: ["claims", event.pk],
    "review:meeting_unanimous_result": lambda meeting: [meeting.pk, BATCH_NUMBER],
    "conversion:verify": lambda form: [form.code],
    "credits:evidence_file": lambda evidence: [evidence.file.key],
    "credits:evidence_page": lambda page: [page.rendering.file.key, page.number],
    "credits:round_file": lambda attached: [attached.file.key],
    **dict.fromkeys(("review:duplicate_dismiss", "review:duplicate_restore"), lambda pair: [pair.first_id, pair.pk]),
    "review:claim_exclude": lambda member: [member.achievement.lead_id, member.pk],
    **dict.fromkeys(("review:public_list", "review:public_snapshot", "review:public_verify"), lambda row: [row.code]),
    "review:object_new": lambda row: [row.code, row.entries.count()],
    **dict.fromkeys(("review:my_objection", "review:objection_take_back"), lambda objection: [objection.number]),
    "review:objection_file": lambda kept: [kept.file.key],
}
