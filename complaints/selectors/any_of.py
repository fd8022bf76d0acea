"""Whether a key is one of many, as one text: the same SQL however many there are."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import F, Lookup

if TYPE_CHECKING:
    Base = Lookup[Any]
else:
    Base = Lookup


def in_text(keys: Iterable[int]) -> str:
    return ",".join(map(str, keys))


class AnyOf(Base):
    """``AnyOf("complaint_id", "1,2,3")``, a condition."""

    prepare_rhs = False

    def __init__(self, column: str, keys: str) -> None:
        super().__init__(F(column), keys)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        keys = "SELECT value FROM json_each('[' || %s || ']')"
        return f"{column} IN ({keys})", (*params, self.rhs)

    def as_postgresql(
        self, compiler: Any, connection: Any
    ) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        keys = "string_to_array(%s, ',')::bigint[]"
        return f"{column} = ANY({keys})", (*params, self.rhs)
