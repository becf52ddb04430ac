// Draws operations as SVG: what `figures/pen.py` wrote down, for a film or for a live picture.
// In a film looks, shapes and pictures are numbers of its lists, in a live picture they stand there.
"use strict";

const coursePicture = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  // Each widget of a notebook has its own copy of this script, and all share one page.
  const copy = Math.random().toString(36).slice(2);
  let clips = 0;

  function svg(name, attributes, parent) {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    parent?.append(node);
    return node;
  }

  function paint(look) {
    const made = { fill: look.f ?? "none" };
    if (look.fo) made["fill-opacity"] = look.fo;
    if (look.s) Object.assign(made, { stroke: look.s, "stroke-width": look.w });
    if (look.so) made["stroke-opacity"] = look.so;
    if (look.da) made["stroke-dasharray"] = look.da.join(" ");
    if (look.cap) made["stroke-linecap"] = look.cap;
    if (look.join) made["stroke-linejoin"] = look.join;
    if (look.b) made["font-weight"] = "bold";
    return made;
  }

  // A pen for one picture: draw(group, operations) adds them to a group.
  function penOf(definitions, { looks = [], shapes = [], pictures = [] } = {}) {
    const cuts = new Map();
    function cut(box) {
      const key = box.join();
      if (!cuts.has(key)) {
        const id = `course-${copy}-${(clips += 1)}`;
        const [x, y, width, height] = box;
        svg("rect", { x, y, width, height }, svg("clipPath", { id }, definitions));
        cuts.set(key, `url(#${id})`);
      }
      return cuts.get(key);
    }
    const whole = (look) => ({ ...paint(look), ...(look.c && { "clip-path": cut(look.c) }) });
    const known = looks.map(whole);
    const attributes = (look) => (typeof look === "number" ? known[look] : whole(look));
    const kept = (list, thing) => (typeof thing === "number" ? list[thing] : thing);
    const drawn = {
      p: (group, look, d) => svg("path", { d, ...attributes(look) }, group),
      m: (group, look, shape, places) => {
        const all = svg("g", attributes(look), group);
        const d = kept(shapes, shape);
        for (let n = 0; n < places.length; n += 2) {
          svg("path", { d, transform: `translate(${places[n]} ${places[n + 1]})` }, all);
        }
      },
      t: (group, look, x, y, size, width, words, angle) => {
        const place = { x, y, "font-size": size, ...attributes(look) };
        if (width) Object.assign(place, { textLength: width, lengthAdjust: "spacingAndGlyphs" });
        if (angle) place.transform = `rotate(${angle} ${x} ${y})`;
        svg("text", place, group).textContent = words;
      },
      i: (group, x, y, width, height, picture, smooth) => {
        const place = { x, y, width, height, preserveAspectRatio: "none" };
        if (!smooth) place.style = "image-rendering: pixelated";
        svg("image", { ...place, href: kept(pictures, picture) }, group);
      },
    };
    return (group, operations) => {
      for (const [kind, ...rest] of operations) drawn[kind](group, ...rest);
    };
  }

  return { svg, penOf };
})();
