"""What complaints are found by: the words of all that was said, a row a source."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    Base = models.TextField[Any, Any]
    LookupBase = models.Lookup[Any]
else:
    Base, LookupBase = models.TextField, models.Lookup


def _is_postgresql(connection: "BaseDatabaseWrapper") -> bool:
    return connection.vendor == "postgresql"


class WordsField(Base):
    """Words parted by spaces, from ``complaints.bigrams``; written, searched, not read.

    PostgreSQL keeps their places in a ``tsvector``, SQLite keeps them as text. Both
    answer the lookup ``phrase``.
    """

    description = _("Words to search by")

    def db_type(self, connection: "BaseDatabaseWrapper") -> str:
        return "tsvector" if _is_postgresql(connection) else "text"

    def get_placeholder(
        self, _value: Any, _compiler: Any, connection: "BaseDatabaseWrapper"
    ) -> str:
        return (
            "to_tsvector('simple', %s)" if connection.vendor == "postgresql" else "%s"
        )


@WordsField.register_lookup
class Phrase(LookupBase):
    """Whether these words stand next to each other."""

    lookup_name = "phrase"
    prepare_rhs = False
    WHOLE: ClassVar[str] = "instr({}, ' ' || %s || ' ') > 0"
    INDEXED: ClassVar[str] = "{} @@ phraseto_tsquery('simple', %s)"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        words, params = self.process_lhs(compiler, connection)
        return self.WHOLE.format(words), (*params, self.rhs)

    def as_postgresql(
        self, compiler: Any, connection: Any
    ) -> tuple[str, tuple[Any, ...]]:
        words, params = self.process_lhs(compiler, connection)
        return self.INDEXED.format(words), (*params, self.rhs)


@WordsField.register_lookup
class Begun(Phrase):
    """Whether a word begins with this one."""

    lookup_name = "begun"
    WHOLE = "instr({}, ' ' || %s) > 0"
    INDEXED = "{} @@ to_tsquery('simple', '''' || %s || ''':*')"


class SearchSource(models.TextChoices):
    COMPLAINT = "complaint"
    MESSAGE = "message"
    EVIDENCE = "evidence"


class SearchWords(models.Model):
    """The words of one source: the complaint itself, a message, a file's name.

    ``internal`` is what only staff may read. A long text is kept in several parts. No
    source of its own: whoever changes a text makes its rows anew.
    """

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.CASCADE, related_name="search_words"
    )
    source = models.CharField(max_length=9, choices=SearchSource.choices)
    source_id = models.BigIntegerField()
    part = models.PositiveSmallIntegerField(default=0)
    internal = models.BooleanField(default=False)
    words = WordsField()

    class Meta:
        verbose_name = _("words to search by")
        verbose_name_plural = _("words to search by")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id", "part"], name="search_words_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}"
