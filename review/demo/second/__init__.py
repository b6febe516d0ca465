"""The demo's second university: teams, experts, a committee, publicity, offsets."""
