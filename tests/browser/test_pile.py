"""A secretary clears a pile with the keyboard alone: by hand, because four hundred claims take minutes (U4, U6).

``PILE=400 .venv/bin/pytest tests/browser/test_pile.py`` prints how long the next claim took to be painted.
"""

import os
import time
from statistics import median

import pytest

from credits.models import Claim
from portal.enums import Role, Status
from tests.builders import jpeg, make_claim, make_college, make_round, make_staff, make_student

PILE = int(os.environ.get("PILE", "0"))
LOOKED_AT = 1000  # ms: nobody reads a certificate faster
pytestmark = pytest.mark.skipif(not PILE, reason="PILE=400 asks for it: it takes a second for each claim")
# From the key that decides to the frame in which another claim's form stands on the page, or the empty queue.
STOP_WATCH = """
if (window.top === window) (() => {
  const now = () => performance.timeOrigin + performance.now();
  const shown = () => {
    const form = document.querySelector("[data-decision]");
    return form ? form.action.split("?")[0] : document.querySelector(".empty") ? "none" : "";
  };
  const kept = (name) => JSON.parse(sessionStorage.getItem(name) || "null");
  const keep = (name, value) => sessionStorage.setItem(name, JSON.stringify(value));
  document.addEventListener("submit", () => keep("pressed", { at: now(), on: shown() }), true);
  const watch = () => {
    const pressed = kept("pressed"), seen = shown();
    if (pressed && seen && seen !== pressed.on) {
      sessionStorage.removeItem("pressed");
      const painted = new MessageChannel();
      painted.port1.onmessage = () => keep("times", [...(kept("times") || []), Math.round(now() - pressed.at)]);
      painted.port2.postMessage(0);
    }
    requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);
})();
"""


def test_a_pile_is_cleared_by_keyboard(transactional_db, sign_in_browser, live_server, capsys):
    secretary = make_staff(Role.SECRETARY, college=make_college(), name="何丽华")
    student, round_ = make_student(), make_round()
    for number in range(PILE):
        picture = jpeg(colour=(number % 256, number // 256, 90), size=(1200, 800))
        make_claim(Status.IN_REVIEW, student=student, round_=round_, evidence=[(picture, "certificate")])
    page = sign_in_browser(secretary)
    page.add_init_script(STOP_WATCH)
    page.goto(f"{live_server.url}/desk/")
    page.keyboard.press("s")
    page.locator("[data-decision]").wait_for()
    began = time.monotonic()
    keys = [decide(page, number) for number in range(PILE)]
    page.get_by_role("heading", name="全部审核完毕").wait_for()
    took = time.monotonic() - began
    times = sorted(page.evaluate("JSON.parse(sessionStorage.getItem('times'))"))
    with capsys.disabled():
        late = times[int(len(times) * 0.95) - 1]
        print(f"\n{PILE} claims in {took:.0f} s with {sum(keys)} keys beside the words: to the next claim", end=" ")
        print(f"median {median(times)} ms, 95 % {late} ms, longest {times[-1]} ms")
    assert len(times) == PILE
    assert not Claim.objects.filter(status=Status.IN_REVIEW, stage="college").exists()
    approved = [pressed for number, pressed in enumerate(keys) if number % 10 not in {3, 7}]
    assert set(approved) == {1}  # one key for each claim


def decide(page, number):
    """Look at a claim and decide it; return how many keys, words aside, it took."""
    page.wait_for_timeout(LOOKED_AT)
    before = page.evaluate("(JSON.parse(sessionStorage.getItem('times')) || []).length")
    if number % 10 == 3:
        press(page, "r", "证书照片看不清", "Control+Enter")
    elif number % 10 == 7:
        press(page, "e", "1.5", "Enter", "未进决赛", "Control+Enter")
    else:
        press(page, "a")
    page.wait_for_function(
        "(before) => (JSON.parse(sessionStorage.getItem('times')) || []).length > before", arg=before
    )
    return {3: 2, 7: 3}.get(number % 10, 1)


def press(page, *keys):
    """Press keys that are commands, type everything else."""
    for key in keys:
        if key.isascii() and not key[0].isdigit():
            page.keyboard.press(key)
        else:
            page.keyboard.type(key)
