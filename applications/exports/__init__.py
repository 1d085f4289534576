"""The applications of a call as CSV and as an Excel workbook: at once where they are few, in the background otherwise."""

from applications.exports.files import csv_of, excel_of, write
from applications.exports.making import make_waiting
from applications.exports.table import applications_in

__all__ = ["applications_in", "csv_of", "excel_of", "make_waiting", "write"]
