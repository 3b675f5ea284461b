"""What a GIS analyst opens: a GeoPackage that carries its styles, and a project."""
