"""Forms: they shape what students type; what is missing for a submission is the services' word."""

from credits.forms.claims import ClaimForm

__all__ = ["ClaimForm"]
