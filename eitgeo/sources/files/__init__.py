"""What readers share: bytes, lines, cells, shapes, archives; faults told in French.

Each file rests on those above it:

- ``csv``: CSV files, within bounds: decoded, cut into cells, held to their header.
- ``frames``: Tables of sites and outlets laid out: rows named, placed, and filled in.
- ``loaded``: What a reader gives: the rows kept, those left out and why, what is
  doubtful.
- ``own_data``: Keep GDAL to the file that it is given.
- ``shapes``: Geometries of official files: read from cells, moved to the working CRS.
- ``archives``: Archives of the producers (.zip, .7z), opened without trusting what they
  announce.
- ``positions``: Audit of points against the polygon of the commune that the row names.
- ``rows``: Rows of a CSV file as text, with the line each came from, and their checks.
- ``vectors``: Vector layers of the producers: layer and columns found, whatever their
  dialect.
- ``declared``: CSV sources whose columns are declared: a file read, and held to its
  declaration.
- ``identity``: Who a row is about: names, SIRET and postcodes of establishments and
  places.
- ``workbooks``: Sheets of XLSX workbooks as text, with the line each row came from.
"""
