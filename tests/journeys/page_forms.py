"""What every form of every page must carry: the token of the session and the key by which it acts once."""

import re

FORMS = re.compile(r'<form\b[^>]*method="post"[^>]*>(.*?)</form>', re.DOTALL)
KEYS = re.compile(r'name="form_key" value="[0-9a-f-]{36}"')
KEYLESS = re.compile(r'action="[^"]*/(?:signout|signin/demo|language|export|print)/')


class PageForms:
    """Reads pages, counts their forms and notes those that lack something."""

    def __init__(self):
        self.found = 0
        self.lacking = set()

    def read(self, place, response):
        """Look at a page's forms; what is no page has none."""
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return
        for form in FORMS.finditer(response.content.decode()):
            opening = form[0].partition(">")[0]
            self.found += 1
            if 'name="csrfmiddlewaretoken"' not in form[1]:
                self.lacking.add(f"{place.name}: no token in {opening}")
            keyless = KEYLESS.search(opening) or place.name in {"signin", "review:report"}
            if not keyless and len(KEYS.findall(form[1])) != 1:
                self.lacking.add(f"{place.name}: no key in {opening}")
