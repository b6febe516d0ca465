"""The words that a scheme must bring, because every institution has its own.

Pages, forms and notices take these from the version's `wording`; `docs/schemes.md` says where each is seen.
"""

WORDING_KEYS = (
    "product",
    "points",
    "points_short",
    "unit",
    "total",
    "claimed",
    "recognised",
    "converted",
    "activity",
    "category",
    "content",
    "evidence",
    "college_rules",
    "menu_root",
    "menu",
    "crumb",
    "claims_page",
    "claims_crumb",
    "query_page",
    "query_crumb",
    "conversion_page",
    "conversion_crumb",
    "conversion",
    "claim_form",
    "form_title",
    "office",
    "filing",
)

# What only some institutions have: a printed claim form, the student's record, the formal notice, a word for a score.
OPTIONAL_WORDING_KEYS = ("claim_form_title", "record_title", "notice_title", "score")
