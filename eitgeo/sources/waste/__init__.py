"""Who declares, treats and may take waste, and under what ceilings.

Each file rests on those above it:

- ``control_totals``: Published totals of waste, which estimates are brought to.
- ``gerep_waste``: Waste that establishments declare (IREP archives): produced, or taken
  and treated.
- ``icpe_headings``: Waste headings of classified installations: which they are, what
  outlet they make.
- ``irep``: IREP: establishments that declare emissions and waste (Géorisques).
- ``landfill_ceilings``: Published ceilings of treatment sites: several for one site,
  side by side.
- ``landfills``: Landfills of non-hazardous waste (ISDND): ceilings of the tonnage they
  may take.
- ``outlet_merge``: One outlet a site: sources put together, a site under two numbers
  told once.
- ``outlets``: Outlets: sites that treat, sort, recover or store what firms throw away.
- ``s3ic``: Classified waste installations (S3IC) matched to SIRENE, at commune
  precision.
- ``sinoe``: SINOE directory (ADEME): déchèteries open to households, and often to
  firms.
- ``georisques``: Classified installations (ICPE) of Géorisques: establishments and
  waste outlets.
- ``gerep``: IREP archives of one year (GEREP declarations): sites and declared waste.
- ``sinoe_landfills``: SINOE (ADEME): landfills of non-hazardous waste, with their
  regulatory capacity.
- ``gerep_flows``: Declared waste turned into the tables of the package: arisings and
  outlets.
"""
