# cython: language_level=3
"""Make frozen values without the detour by ``__init__``, which sets each field through ``object.__setattr__``.

A document has dozens of them: blocks, sentences, units.
"""

cimport cython

from dataclasses import fields

cdef extern from *:
    """
    #define set_slot(slot, value, content) Py_TYPE(slot)->tp_descr_set(slot, value, content)
    """
    int set_slot(object slot, object value, object content) except -1
    object PyType_GenericAlloc(type cls, Py_ssize_t n_items)


@cython.final
cdef class Maker:
    """Makes values of a frozen dataclass with slots from all of their fields, in order.

    Parameters
    ----------
    cls : type
    """

    cdef type _cls
    cdef tuple _slots

    def __init__(self, type cls not None):
        self._cls = cls
        self._slots = tuple([cls.__dict__[field.name] for field in fields(cls)])

    def from_columns(self, *columns):
        """Return a list of values from the lists of their fields, in order."""
        cdef Py_ssize_t at, k, n_fields = len(self._slots), n = len(columns[0]) if columns else 0
        cdef list column, made = []
        if len(columns) != n_fields or any([len(column) != n for column in columns]):
            raise TypeError(f"{self._cls.__name__} wants {n_fields} lists of one length")
        for at in range(n):
            value = PyType_GenericAlloc(self._cls, 0)
            for k in range(n_fields):
                column = columns[k]
                set_slot(self._slots[k], value, column[at])
            made.append(value)
        return made
