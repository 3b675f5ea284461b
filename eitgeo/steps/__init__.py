"""The steps of a study, and what runs them; each file is one, with its declaration.

Each file rests on those above it:

- ``_activity``: The facts that indicators are measured on, read from the tables of the
  study.
- ``_brought``: Perimeters that the user brings, read before anything runs.
- ``_code``: What a step is made of: its modules, the data beside them, the libraries.
- ``_costs``: What a step costs: seconds, processor, memory.
- ``_current``: Whether nothing is due: the lock file of pytask read without pytask.
- ``_engine``: The contract of a step, for those who write one.
- ``_git_ignore``: The ``.gitignore`` of a study: nothing private or computed goes to a
  repository.
- ``_groups``: Names that many steps declare together: groups of tables, and of
  settings.
- ``_inventory``: Files that changed since they were listed in ``data/sources.csv``:
  told, not refused.
- ``_ledger``: The records of the engine: what it wrote last, file by file.
- ``_lock``: One run per folder, and who holds it.
- ``_losses``: What a step leaves out, and what is doubtful in what it keeps: written,
  then told.
- ``_national``: What the studies of a batch published, put together: one table, one
  map.
- ``_notebooks``: The notebooks of the repository, run over the tables of a study.
- ``_prints``: Draw a map on every paper that the study asks for.
- ``_private``: What is private: which files, and how a study that holds them is
  written.
- ``_released_governance``: The released tables of governance, in the shape that its
  documents want.
- ``_renewal``: Codes of communes that are no more, put in the present ones; told, row
  by row.
- ``_step``: The declaration of a step: what stands above its function ``run``.
- ``_study_files``: Which files of the study each step reads; no geographic library is
  imported.
- ``_values``: Names that a study writes, held against the tables that define them.
- ``_words``: Figures and words of the run log, as its readers write them.
- ``_bodies``: Bodies and their members, from the sources that the study names.
- ``_carrier_facts``: What the rules of carriers read, perimeter by perimeter, laid out
  once.
- ``_declared``: The steps of a study, read from the source of the files that declare
  them.
- ``_inputs``: Which reader a source of the study calls for.
- ``_keeper``: What the user edited in ``maps/`` stays: the new version goes beside it.
- ``_nodes``: What each step rests on and makes, with the state of each; pytask is not
  imported.
- ``_records``: What sidecars tell of a run: products, what each was made from, what is
  raw.
- ``_released``: The released tables that almost every print shows, and the ground of
  its maps.
- ``_reports``: What became of a step, for whoever runs a study.
- ``_road_network``: The real road network of a study: read, climbed, made ready for
  each vehicle.
- ``_states``: The contents of files, as a run knows them: read whole, or trusted when
  large.
- ``_study_text``: The text of a new study: files of another one, its territory, what to
  confirm.
- ``_survey``: What firms declared, as steps read it from the private table.
- ``allocation``: Place waste in its legal outlets, then allocate residues to needs.
- ``borders``: Measure the borders that communes share.
- ``disclosure``: Guard the estimates: what is published is summed from what this step
  writes.
- ``ensemble``: Let contours vote for core and fringe, and draw others by chance.
- ``epci_blocks``: Say what each EPCI adds, how unions rank, and what a widening adds.
- ``epci_facts``: Tell what each EPCI holds, and what could be begun with in the study
  area.
- ``indicators``: Measure every perimeter on the same data.
- ``levers``: Tell what the allocated exchanges move, how far they pay, and who may
  share.
- ``official_zones``: Gather the official zones that the study names, each in its
  commune.
- ``optimum``: Draw the contour by the exchanges: what keeps most of them under the
  rules.
- ``perimeters``: Draw candidate perimeters and certify each of them.
- ``published_zones``: Tell zones without telling what a firm that may stay unnamed is,
  or where.
- ``ranking``: Put the compared perimeters in order, from published figures only.
- ``road_maps``: Print the maps that answer what the study asks of its roads.
- ``sectors``: Say what each zone is made of, and rank the sectors to see first.
- ``sign_up_form``: Make the sign-up form: offline page, workbook and A4 sheets.
- ``stress``: Put the order to the test: the same perimeters, one thing changed at a
  time.
- ``synergies``: Tell the allocation between communes, and who could give under which
  family.
- ``zone_workbook``: Lay zones, sectors and settings out as a workbook.
- ``_build``: Pytask, silent, with its state kept where the study writes.
- ``_compared``: Records of what « eitgeo compare » writes: no step claims it, none
  removes it.
- ``_crate``: The manifest of a run as RO-Crate 1.1: files, steps, parameters, versions.
- ``_decision``: The released tables of differences and of orders, in the shape of their
  prints.
- ``_declared_waste``: What firms told of their waste: the survey first, then what IREP
  publishes.
- ``_leavings``: What earlier runs left: records taken up, files that nothing claims
  removed.
- ``_tasks``: Steps as pytask sees them: one task per step.
- ``_zone_distances``: How far sites are from each other: as the study says, straight or
  by road.
- ``body_map``: Print the map of the structures other than EPCI.
- ``comparator``: Make the comparator, which opens without a network.
- ``core_map``: Print the map of core and fringe.
- ``distances``: Compute road times and lengths between communes and to outlets.
- ``flow_maps``: Print the maps of matter: arisings by group of communes, outlets,
  exchanges.
- ``flow_workbook``: Lay arisings, exchanges, processes and rules out as a workbook.
- ``governance``: Say who could carry each perimeter, on what condition, and what it
  would cost.
- ``governance_workbook``: Lay governance out as a workbook, and the card of each EPCI
  as a sheet.
- ``new_study``: Start the study of another territory from the files of an existing one.
- ``notebook_pages``: Run the notebooks over the study, and keep them as pages: «
  complet » only.
- ``offline_page``: Make the page of the compared perimeters, which opens without a
  network.
- ``outlets``: Gather treatment sites, and the towns that maps name.
- ``perimeter_maps``: Print one map of each compared perimeter.
- ``qgis_project``: Write the GeoPackage and the QGIS project of the study.
- ``road_checks``: Hold the distances against the straight line and, where asked, other
  engines.
- ``road_closures``: Close roads one at a time, and say what the trips of the study
  lose.
- ``road_reach``: Say how far one gets from the seats, and where an animator would best
  sit.
- ``roads``: Read the road network, or draw the surrogate; hold it against known trips.
- ``sites``: Gather establishments from the sources of the study.
- ``survey``: Write what firms told: published sums, and in a private study all of it.
- ``territory``: Read communes and bodies, check the coverage, say what the study area
  is.
- ``territory_map``: Print the map of the territory.
- ``territory_page``: Make the page of the territory, which a public body may frame in
  its own site.
- ``zone_maps``: Print the map of zones, and the map of how far they hold.
- ``_manifest_read``: Read a manifest that anybody may have written, and refuse one that
  is not sound.
- ``_public_records``: What is published of the records of a run: nothing that tells
  what a table holds.
- ``_run``: Run a study, or say what would run and why.
- ``arisings``: Estimate the potential waste of each site; what firms declared comes
  first.
- ``comparison_table``: Lay the comparison out as a workbook.
- ``concentration``: Test which sectors are concentrated, and at what distance.
- ``difference_sheet``: Print what changes from the first perimeter of the pair to the
  second.
- ``dossier``: Write the dossier of the study: the Word master and the PDF that follows
  it.
- ``zones``: Cluster industrial and craft sites, say which zones stay, and draw their
  ground.
- ``_batch_run``: One study of a batch, run in the process of a worker.
- ``compare``: Compare any perimeters of a study that has been run: lines, workbook,
  sheet.
- ``manifest``: Write the manifests: what the run read, with what, what it wrote; what
  is public.
- ``verify``: Hold a published file against the manifest of the run that should have
  made it.
- ``_children``: Processes of this machine that work for a batch, each at the end of a
  pipe.
- ``_cluster``: A batch over a Dask cluster that somebody started: its scheduler is
  their affair.
- ``batch``: Many studies over a cluster: one a task, then one table and one map.
"""
