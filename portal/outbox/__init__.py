"""The outbox: mails wait in a table, written with what caused them, until the mail server has taken them."""
