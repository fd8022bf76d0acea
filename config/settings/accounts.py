"""Who may sign in, and how: Django's users, allauth, guardian."""

from config.env import env_int
from config.oidc import oidc_client

AUTH_USER_MODEL = "teams.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
_VALIDATION = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATION}CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

# -- allauth ---------------------------------------------------------------------
ACCOUNT_ADAPTER = "config.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# A proven address is what lets the answer to a sign-up be the same for everyone.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
# An unknown address gets a letter too, so the answer takes as long as for a known one.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_FORMS = {
    "login": "teams.forms.SignInForm",
    "change_password": "teams.forms.NewPasswordForm",
    "reset_password_from_key": "teams.forms.LostPasswordForm",
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", 0)

MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ADAPTER = "config.accounts.MfaAdapter"
MFA_FORMS = {
    "add_webauthn": "teams.forms.AddPasskeyForm",
    "authenticate_webauthn": "teams.forms.PasskeyForm",
    "edit_webauthn": "teams.forms.EditPasskeyForm",
    "login_webauthn": "teams.forms.LoginPasskeyForm",
    "reauthenticate_webauthn": "teams.forms.AgainPasskeyForm",
}
MFA_TOTP_ISSUER = "Recourse"
# A phone's clock may be off by one period of 30 s.
MFA_TOTP_TOLERANCE = 1

# -- sign-on from the exchange: one provider, from the environment (config.oidc) -----
EXCHANGE_SIGN_ON = oidc_client()
SOCIALACCOUNT_ADAPTER = "config.sign_on.SignOnAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_EMAIL_REQUIRED = True
# A link from elsewhere must not sign anybody in, so the sign-on begins with a POST.
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False

# Seconds between two notes of when a session was last used; 0 for none.
SESSION_SEEN_EVERY = 300

# How long a password or second factor is enough for approving, paying and taking back
# money; 0 never asks again.
SUDO_SECONDS = 600

# Staff without a second factor are asked to set one up before the admin opens.
STAFF_SECOND_FACTOR = False

# -- guardian: grants stand on teams; nobody is "anonymous with rights" ------------
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_GROUP = False
GUARDIAN_RAISE_403 = True
