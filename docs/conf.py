"""How Sphinx makes the site of `make site`, which lays the chapters beside the pages of docs/."""

project = "Meta-learning, made visible"
author = "the course's authors"
copyright = "the authors of the course. Text and pictures: CC BY 4.0, code: MIT"
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "course_utils.site.extension"]

# Chapters: as they are stored, no cell is run.
nb_execution_mode = "off"
nb_ipywidgets_js = {}  # it would come from another host
nb_merge_streams = True
myst_enable_extensions = ["amsmath", "dollarmath", "html_image"]
myst_heading_anchors = 3
myst_update_mathjax = False
html_math_renderer = "mathml"

# The reference.
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
default_role = "code"

html_theme = "furo"
html_title = "Meta-learning, made visible"
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_js_files = [("course-player.js", {"defer": "defer"}), ("course-site.js", {"defer": "defer"})]
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # it asks for pages by a way that files have not: see excerpts.py
html_theme_options = {
    "top_of_page_buttons": [],
    "footer_icons": [],
}
