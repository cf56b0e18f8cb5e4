"""Regions, institutions and providers: where people teach and who holds the training.

A region is a node of the official tree with a dotted code: `52` province, `52.02` regency, `52.02.09` sub-district.
An institution (satuan PAUD) belongs to a sub-district and is known by its NPSN. A provider holds classes.
Codes are text, and a scope covers a region when the region's code begins with the scope's code and a dot.
"""
