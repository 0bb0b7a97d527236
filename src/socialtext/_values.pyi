from typing import Any, Generic, TypeVar

Value = TypeVar("Value")

class Maker(Generic[Value]):
    def __init__(self, cls: type[Value]) -> None: ...
    def from_columns(self, *columns: list[Any]) -> list[Value]: ...
