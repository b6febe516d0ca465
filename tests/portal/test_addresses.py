from portal.addresses import client_address

HEADERS = {"HTTP_X_REAL_IP": "198.51.100.9", "HTTP_X_FORWARDED_FOR": "203.0.113.7"}


def test_a_forged_header_is_ignored_without_a_proxy(rf, settings):
    settings.BEHIND_PROXY = False
    assert client_address(rf.get("/", REMOTE_ADDR="192.0.2.1", **HEADERS)) == "192.0.2.1"


def test_behind_the_proxy_its_header_counts_and_no_other(rf, settings):
    settings.BEHIND_PROXY = True
    assert client_address(rf.get("/", REMOTE_ADDR="127.0.0.1", **HEADERS)) == "198.51.100.9"
