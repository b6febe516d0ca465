"""The committee in session (评审委员会): members, meetings, agenda, votes, decisions, minutes."""
