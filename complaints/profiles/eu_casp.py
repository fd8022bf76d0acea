"""The EU: RTS 2025/294 under Art 71 MiCA, for crypto-asset service providers."""

from datetime import date
from functools import partial
from typing import Final

from django.utils.translation import gettext_lazy as _

from complaints.clocks import CalendarData, Limit
from complaints.profiles import house
from complaints.profiles.base import Profile
from complaints.profiles.parts import (
    Contact,
    Retention,
    Route,
    Seen,
    Statutory,
)

EU: Final = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR"),
        *("HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI"),
        "SK",
    }
)
EEA: Final = EU | {"IS", "LI", "NO"}

OFFICIAL_LANGUAGES: Final = (
    *("bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr"),
    *("hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv"),
)
"""Any of them may be a home or host state's, so all are taken (Art 3(2)(b))."""

_YEARS: Final = range(2025, 2032)
_FIXED: Final = ("01-01", "05-01", "12-25", "12-26")

TARGET: Final = CalendarData(
    code="eu-target",
    version=1,
    timezone="Europe/Berlin",
    spans=dict.fromkeys(house.WORKING_WEEK, ((9 * 60, 18 * 60),)),
    # The closing days of the euro payment system, the same in every member state:
    # four fixed ones, and Good Friday with Easter Monday.
    holidays=house.days(*(f"{year}-{day}" for year in _YEARS for day in _FIXED))
    | house.days(
        *("2025-04-18", "2025-04-21", "2026-04-03", "2026-04-06"),
        *("2027-03-26", "2027-03-29", "2028-04-14", "2028-04-17"),
        *("2029-03-30", "2029-04-02", "2030-04-19", "2030-04-22"),
        *("2031-04-11", "2031-04-14"),
    ),
)

ADR_TAKES: Final = _(
    "You are a consumer and complained to us first. The body states how long you have "
    "to wait for our answer."
)

_seen = partial(Seen.read, date(2026, 11, 29))

# The bodies of single countries take cases against those who are licensed or registered
# there, which a profile cannot know ("cover"): they wait until the house that runs this
# adds them to ``CHECKED_ROUTES``. The ways that are open everywhere follow
# Directive 2013/11/EU (dispute resolution), MiCA Art 108 and Regulation (EU) 1215/2012;
# the arbitrator is our own offer.
ROUTES: Final = (
    Route(
        code="fr-amf-mediator",
        kind="ombudsman",
        name=_("Ombudsman of the Autorité des marchés financiers"),
        address=_("17, place de la Bourse, 75082 Paris Cedex 02, France"),
        url="https://www.amf-france.org/fr/regler-un-litige-avec-le-mediateur-de-lamf",
        time_limit=_("One year from your written complaint to us"),
        language=_("French; you may write to it in English"),
        conditions=_(
            "You complained to us in writing, and were refused or had no answer within "
            "two months; no court has the matter. It takes cases about providers that "
            "are registered or authorised in France."
        ),
        fee=_("Free of charge for you"),
        countries=frozenset({"FR"}),
        to_check=frozenset({"cover"}),
        seen=(
            _seen(
                "https://www.amf-france.org/fr/regler-un-litige-avec-le-mediateur-de-lamf",
                *("name", "url", "conditions"),
            ),
            _seen(
                "https://www.inc-conso.fr/content/regler-un-litige-avec-le-mediateur-de-lamf-0",
                *("conditions", "fee"),
            ),
            _seen(
                "https://www.amf-france.org/fr/le-mediateur-de-lamf/le-mediateur-mode-demploi/comment-saisir-le-mediateur/preparer-votre-demande",
                "language",
            ),
            _seen(
                "https://www.amf-france.org/en/eli/fr/aai/amf/rg/article/721-11/20191219/notes",
                "address",
            ),
            # Code de la consommation, Article L612-2, 4°.
            _seen(
                "https://www.doctrine.fr/l/texts/codes/LEGITEXT000006069565/articles/LEGIARTI000032224802",
                "time_limit",
            ),
        ),
    ),
    Route(
        code="ie-fspo",
        kind="ombudsman",
        name=_("Financial Services and Pensions Ombudsman"),
        address=_("Lincoln House, Lincoln Place, Dublin 2, D02 VH29, Ireland"),
        url="https://www.fspo.ie/",
        time_limit=_("Six years from what you complain of"),
        language=_("English or Irish"),
        conditions=_(
            "You complained to us first and have our final answer, or 40 days passed "
            "without one; no court has or had the matter. It takes cases about "
            "providers that are regulated in Ireland."
        ),
        fee=_("Free of charge for you"),
        countries=frozenset({"IE"}),
        to_check=frozenset({"address", "language", "cover"}),
        seen=(
            _seen(
                "https://www.fspo.ie/about-us/charter.asp",
                *("name", "url", "fee", "conditions"),
            ),
            _seen("https://www.fspo.ie/complaint-form.aspx", "conditions"),
            _seen(
                "http://revisedacts.lawreform.ie/eli/2017/act/22/section/44/revised/en/html",
                "conditions",
            ),
            _seen("https://fspo.ie/legal-references/default.asp", "time_limit"),
        ),
    ),
    Route(
        code="mt-arbiter",
        kind="adr",
        name=_("Office of the Arbiter for Financial Services"),
        address=_("N/S in Regional Road, Msida MSD 1920, Malta"),
        url="https://financialarbiter.org.mt/",
        time_limit=_("Two years from the day you first knew of the matter"),
        language=_("Maltese or English"),
        conditions=_(
            "You are a consumer or a micro-enterprise, complained to us first and were "
            "refused or had no answer within 15 working days. It takes cases about "
            "providers licensed by the Malta Financial Services Authority alone."
        ),
        fee=_("EUR 25, given back where you withdraw or win"),
        countries=frozenset({"MT"}),
        to_check=frozenset({"address", "time_limit", "fee", "cover"}),
        seen=(
            _seen(
                "https://financialarbiter.org.mt/node/30",
                *("name", "url", "conditions"),
            ),
            _seen(
                "https://financialarbiter.org.mt/content/cross-border-complaints",
                "conditions",
            ),
            _seen(
                "https://financialarbiter.org.mt/content/step-3-complain-us",
                "language",
            ),
        ),
    ),
    Route(
        code="eu-adr",
        kind="adr",
        name=_("Consumer dispute resolution body of your country"),
        address=_(
            "The list of the European Commission names the body of each country."
        ),
        url="https://consumer-redress.ec.europa.eu/dispute-resolution-bodies",
        # Directive 2013/11/EU Art 5(4)(a) and (e), 8(c).
        time_limit=_(
            "The body states its own limit: at least one year from your complaint to "
            "us."
        ),
        language=_("An official language of the body's country"),
        conditions=ADR_TAKES,
        fee=_("Free or a nominal fee, as the body states"),
    ),
    Route(
        code="eu-authority",
        kind="authority",
        name=_("Competent authority for crypto-asset services in your country"),
        address=_(
            "The register of ESMA links to the complaint page of each authority."
        ),
        url="https://www.esma.europa.eu/",
        time_limit=_("None; you can go there at any time"),
        language=_("An official language of the authority's country"),
        conditions=_("It supervises us and does not decide single disputes."),
        # Its channel, the link in the register and the language: Art 108 MiCA, which
        # knows no limit and no fee.
        fee=_("Free of charge for you"),
    ),
    Route(
        code="eu-court",
        kind="court",
        # Regulation (EU) 1215/2012 Art 18(1).
        name=_("Court at your place of residence or at our seat"),
        address=_("The European e-Justice Portal shows which court it is."),
        url="https://e-justice.europa.eu/",
        time_limit=_("The limitation period of the law that applies"),
        language=_("The language of the court"),
        conditions=_("None; you need not have complained or appealed first."),
        fee=_("Court fees, which the side that loses mostly bears"),
    ),
    Route(
        code="arbitration",
        kind="arbitration",
        name=_("Independent arbitrator"),
        address=_("Tell our complaints department; it starts with your consent alone."),
        time_limit=_("One year from the ruling on your appeal"),
        language=_("The language of your complaint or English, as you choose"),
        conditions=_("The ruling on your appeal was sent, and you agree to take part."),
        fee=_("Free of charge for you; we bear the arbitrator's fee"),
    ),
)

EU_CASP_2026_1: Final = Profile(
    code="eu-casp",
    version="2026.1",
    title=_("European Union, crypto-asset services"),
    valid_from=date(2026, 1, 1),
    enabled=True,
    timezone="Europe/Berlin",
    calendar=TARGET,
    countries=EEA,
    entities=frozenset({"eu"}),
    languages=(*OFFICIAL_LANGUAGES, "zh-hans"),
    contact=Contact(
        name=_("Complaints department"),
        email="complaints@recourse.example",
        phone="+49 30 23125 100",
        address=_("Recourse Exchange, Complaints department, 10115 Berlin, Germany"),
    ),
    statutory=Statutory(decision=Limit(2, "calendar_months")),
    steps=house.STEPS,
    ladder=house.LADDER,
    bands=house.BANDS,
    grounds=house.GROUNDS,
    outside_routes=ROUTES,
    letters=house.letters("2026.1"),
    # MiCA Art 68(9); the count starts when the case is closed, so that it covers all.
    retention=Retention(years=5, most_years=7, starts="closed"),
    privacy_notice_version=house.PRIVACY_NOTICE,
    procedure_version="2026.1",
)
