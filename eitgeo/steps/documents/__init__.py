"""Steps that write workbooks, pages, the QGIS project and the dossier.

Each file rests on those above it:

- ``comparator``: Make the comparator, which opens without a network.
- ``comparison_table``: Lay the comparison out as a workbook.
- ``governance_workbook``: Lay governance out as a workbook, and the card of each EPCI
  as a sheet.
- ``parameters``: Parameters of the study in force, as the dossier lists and says them.
- ``qgis_project``: Write the GeoPackage and the QGIS project of the study.
- ``refusal_page``: Make the page « Et si un conseil dit non ? », which opens without a
  network.
- ``sign_up_form``: Make the sign-up form: an offline page, to print too, and a
  workbook.
- ``territory_page``: Make the page of the territory, which a public body may frame in
  its own site.
- ``welcome_page``: Make the page that opens first: what was published, by who opens it.
- ``zone_workbook``: Lay zones, sectors and settings out as a workbook.
- ``dossier``: Write the dossier of the study: the Word master and the PDF that follows
  it.
- ``flow_workbook``: Lay arisings, exchanges, processes and rules out as a workbook.
"""
