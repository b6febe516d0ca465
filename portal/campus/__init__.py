"""Sign-in with the campus account (CAS): who that is here, which session it opened, how both ends meet again."""
