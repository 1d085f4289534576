"""Forms of the accounts: people (``people``), and allauth's own in our words (``entrance``)."""

from accounts.forms.people import NewPersonForm, PersonForm, ProfileForm, SignupForm

__all__ = ["NewPersonForm", "PersonForm", "ProfileForm", "SignupForm"]
