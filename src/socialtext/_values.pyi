from typing import Generic, TypeVar

Value = TypeVar("Value")

class Maker(Generic[Value]):
    def __init__(self, cls: type[Value]) -> None: ...
    def __call__(self, *values: object) -> Value: ...
