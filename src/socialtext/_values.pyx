# cython: language_level=3
"""Make frozen values without the detour by ``__init__``, which sets each field through ``object.__setattr__``.

A document has dozens of them: blocks, sentences, units.
"""

cimport cython
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF

from dataclasses import fields
from types import MemberDescriptorType

cdef extern from "structmember.h":
    ctypedef struct PyMemberDef:
        Py_ssize_t offset

cdef extern from "Python.h":
    ctypedef struct PyMemberDescrObject:
        PyMemberDef* d_member
    object PyType_GenericAlloc(type cls, Py_ssize_t n_items)

cdef enum:
    MAX_FIELDS = 16


@cython.final
cdef class Maker:
    """Makes values of a frozen dataclass with slots from all of their fields, in order.

    Parameters
    ----------
    cls : type
    """

    cdef type _cls
    cdef Py_ssize_t _n_fields
    cdef Py_ssize_t[MAX_FIELDS] _offsets  # of the slots, in a value

    def __init__(self, type cls not None):
        self._cls = cls
        names = [field.name for field in fields(cls)]
        self._n_fields = len(names)
        if self._n_fields > MAX_FIELDS:
            raise TypeError(f"{cls.__name__} has more than {MAX_FIELDS} fields")
        for at, name in enumerate(names):
            slot = getattr(cls, name)
            if type(slot) is not MemberDescriptorType:
                raise TypeError(f"{cls.__name__}.{name} is no slot")
            self._offsets[at] = (<PyMemberDescrObject*>slot).d_member.offset

    def from_columns(self, *columns):
        """Return a list of values from the lists of their fields, in order."""
        cdef Py_ssize_t at, k, n = len(columns[0]) if columns else 0
        cdef list column, made = []
        if len(columns) != self._n_fields or any([len(column) != n for column in columns]):
            raise TypeError(f"{self._cls.__name__} wants {self._n_fields} lists of one length")
        for at in range(n):
            value = PyType_GenericAlloc(self._cls, 0)
            for k in range(self._n_fields):
                column = <list>columns[k]
                content = column[at]
                Py_INCREF(content)
                (<PyObject**>(<char*><PyObject*>value + self._offsets[k]))[0] = <PyObject*>content
            made.append(value)
        return made
