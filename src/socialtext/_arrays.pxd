# cython: language_level=3
"""Arrays of numpy in native loops, made and read by their addresses: a tenth of what a memoryview of each would cost.

Included where it is needed, after ``import_array()``; it has no module of its own. An array that is read is looked at
once, whether it is what the loop takes it for.
"""

from cpython.ref cimport Py_INCREF
from numpy cimport (
    NPY_BOOL, NPY_FLOAT64, NPY_INT32, NPY_INT64, NPY_VOID, PyArray_DATA, PyArray_DIMS, PyArray_EMPTY,
    PyArray_IS_C_CONTIGUOUS, PyArray_ITEMSIZE, PyArray_NDIM, PyArray_TYPE, PyArray_ZEROS, dtype, ndarray, npy_intp,
)

cdef extern from "numpy/arrayobject.h":
    object PyArray_Zeros(int n_dimensions, npy_intp* shape, dtype kind, int is_fortran)


cdef inline ndarray make_array(int kind, Py_ssize_t n, Py_ssize_t width=0):
    """Return an array of zeros of `n` numbers or, where there is a width, of `n` rows."""
    cdef npy_intp[2] shape
    shape[0], shape[1] = n, width
    return PyArray_ZEROS(2 if width else 1, shape, kind, 0)


cdef inline ndarray make_records(dtype kind, Py_ssize_t n):
    """Return an array of zeros of a structured type."""
    cdef npy_intp[1] shape
    shape[0] = n
    Py_INCREF(kind)  # which the call takes
    return PyArray_Zeros(1, shape, kind, 0)


cdef inline Py_ssize_t count_rows(ndarray array) noexcept:
    return PyArray_DIMS(array)[0]


cdef inline void* rows_of(ndarray array, int kind, Py_ssize_t width=0) except NULL:
    """Return the address of the numbers of an array, of rows where there is a width."""
    if (
        array is None or PyArray_TYPE(array) != kind or PyArray_NDIM(array) != (2 if width else 1)
        or not PyArray_IS_C_CONTIGUOUS(array) or (width and PyArray_DIMS(array)[1] != width)
    ):
        raise ValueError(describe_mismatch(array, f"numbers of type {kind}, rows of {width}"))
    return PyArray_DATA(array)


cdef inline void* records_of(ndarray array, size_t size) except NULL:
    """Return the address of the records of an array, each of so many bytes."""
    if (
        array is None or PyArray_TYPE(array) != NPY_VOID or PyArray_NDIM(array) != 1
        or not PyArray_IS_C_CONTIGUOUS(array) or <size_t>PyArray_ITEMSIZE(array) != size
    ):
        raise ValueError(describe_mismatch(array, f"records of {size} bytes"))
    return PyArray_DATA(array)


cdef inline str describe_mismatch(object array, str wanted):
    if array is None:
        return f"no array, wanted: {wanted}"
    return f"an array of {array.dtype}, shape {array.shape}, strides {array.strides}; wanted: {wanted}"
