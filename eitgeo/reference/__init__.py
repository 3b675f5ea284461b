"""Nomenclatures and factor tables: each row with its source, status and evidence."""
