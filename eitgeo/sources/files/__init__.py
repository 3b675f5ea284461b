"""What readers share: bytes, lines, cells, shapes, archives; faults told in French.

Each file rests on those above it:

- ``csv``: CSV and JSON files, within bounds: decoded, cut into cells, held to their
  header.
- ``loaded``: What a reader gives: the rows kept, those left out and why, what is
  doubtful.
- ``archives``: Archives of the producers (.zip, .7z): names looked at, sizes summed,
  then unfolded.
- ``rows``: Rows of a CSV file as text, each with its line, held to declared columns.
- ``frames``: Tables of sites and outlets laid out: who a row is, where, what is filled
  in.
- ``workbooks``: Sheets of XLSX workbooks as text, with the line each row came from.
- ``shapes``: Geometries of official files: read from cells, moved, held against their
  commune.
- ``vectors``: Vector layers of the producers, columns found; GDAL is kept to the file
  given.
"""
