{% from "style.xml" import style as drawn %}
<qgis version="{{ version }}" styleCategories="Symbology|Labeling|Fields{{ "|Forms" if style.form }}" labelsEnabled="{{ (style.label is not none) | int }}">
{{ drawn(style, aliases) }}
</qgis>
