"""What commands do around a study: new, compared, verified, many at once.

Each file rests on those above it:

- ``batch_run``: One study of a batch, run in the process of a worker.
- ``compared``: Records of what « eitgeo compare » writes: no step claims it, none
  removes it.
- ``layer_files``: Layers that another program hands over, and what is handed back to
  it.
- ``qgis_plugin``: The provider of QGIS in a zip, as QGIS installs it: same inputs, same
  bytes.
- ``real_choice``: Which EPCI a name means, in the list of all those of France.
- ``real_register``: Which files a study on real files asks for: its register, explicit,
  file by file.
- ``study_text``: The text of a new study: files of another one, its territory, what to
  confirm.
- ``children``: What works for a batch: processes of this machine, or a cluster.
- ``compare``: Compare any perimeters of a study that has been run: lines, workbook,
  sheet.
- ``layer_tasks``: What another program asks of the library: a task in JSON, files in,
  files out.
- ``new_study``: Start the study of another territory from the files of an existing one.
- ``real_text``: The text of a study on real files: readers wired, what is missing said.
- ``verify``: Hold a published file against the manifest of the run that should have
  made it.
- ``batch``: Many studies over a cluster: one a task, then one table and one map.
- ``new_real``: Start the study of a territory on official files, from the names of its
  EPCI.
"""
