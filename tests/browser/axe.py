"""axe-core, which looks for what keeps people from a page; got once, as reveal.js is."""

from course_utils.support.npm import Package

AXE = Package(
    "axe-core",
    "4.14.1",
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    "what axe-core looks for needs",
    "run these tests",
)
# What is serious, or worse, in some places of a page: the rule, and where.
FOUND = """async (places) => {
  const include = places.filter((place) => document.querySelector(place));
  if (!include.length) return ["nothing to look at"];
  // Nothing is preloaded: it would ask for style sheets by a way that files have not.
  const { violations } = await axe.run(
    { include }, { resultTypes: ["violations"], preload: false });
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}"""


class Axe:
    """axe-core in a page: `found(page)`, what is serious there."""

    def __init__(self):
        (self.script,) = AXE.texts(["axe.min.js"])

    def found(self, page, *places):
        """Rule and place of each serious finding below `places`, or in the whole page."""
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(self.script)
        return page.evaluate(FOUND, places or ["html"])
