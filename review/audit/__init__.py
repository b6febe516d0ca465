"""The audit pages (审计): what happened, who did it, when, and under which appointment. Read only."""
