"""What stands on a terminal, as frames and changes have set it."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport uint8_t

cdef extern from "picture/page.h" nogil:
    ctypedef struct ac_page:
        int columns
        int rows
    void ac_page_destroy(ac_page *page)
    int ac_page_set(ac_page *page, int columns, int rows, const uint8_t *text, size_t length)
    int ac_page_change(ac_page *page, const uint8_t *text, size_t length)
    size_t ac_page_bound(const ac_page *page)
    size_t ac_page_text(const ac_page *page, char *text)


cdef class Page:
    cdef ac_page _page

    def __dealloc__(self):
        ac_page_destroy(&self._page)

    @property
    def columns(self):
        return self._page.columns

    @property
    def rows(self):
        return self._page.rows

    def set(self, const unsigned char[::1] text not None, int columns, int rows):
        cdef size_t length = text.shape[0]
        cdef int result = ac_page_set(&self._page, columns, rows, &text[0] if length else NULL, length)
        if result == -2:
            raise MemoryError("no memory for a page")
        if result != 0:
            raise ValueError(f"not the text of a frame of {columns} x {rows} cells")

    def change(self, const unsigned char[::1] text not None):
        cdef size_t length = text.shape[0]
        if length and ac_page_change(&self._page, &text[0], length) != 0:
            raise ValueError("not changes of the frame before")

    def text(self):
        text = PyBytes_FromStringAndSize(NULL, <Py_ssize_t>ac_page_bound(&self._page))
        cdef size_t length = ac_page_text(&self._page, PyBytes_AS_STRING(text))
        return text[: <Py_ssize_t>length]
