// Draws a film's operations (see figures/pen.py) as SVG, as films/svg.py does without a script.
"use strict";

const courseDrawing = (() => {
  const SVG = "http://www.w3.org/2000/svg";
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

  // A pen for one film in one picture: operation by operation, into a group.
  function penOf(film, definitions) {
    const paints = film.looks.map(paint);
    const cut = film.looks.map((look) => {
      if (!look.c) return {};
      const [x, y, width, height] = look.c;
      const id = `course-clip-${(clips += 1)}`;
      svg("rect", { x, y, width, height }, svg("clipPath", { id }, definitions));
      return { "clip-path": `url(#${id})` };
    });
    const draw = {
      p: (group, look, d) => svg("path", { d, ...paints[look], ...cut[look] }, group),
      m: (group, look, shape, places) => {
        const all = svg("g", { ...paints[look], ...cut[look] }, group);
        for (let n = 0; n < places.length; n += 2) {
          const transform = `translate(${places[n]} ${places[n + 1]})`;
          svg("path", { d: film.shapes[shape], transform }, all);
        }
      },
      t: (group, look, x, y, size, width, words, angle) => {
        const place = { x, y, "font-size": size, ...paints[look] };
        if (width) Object.assign(place, { textLength: width, lengthAdjust: "spacingAndGlyphs" });
        if (angle) place.transform = `rotate(${angle} ${x} ${y})`;
        svg("text", place, group).textContent = words;
      },
      i: (group, x, y, width, height, picture, smooth) => {
        const place = { x, y, width, height, preserveAspectRatio: "none" };
        if (!smooth) place.style = "image-rendering: pixelated";
        svg("image", { ...place, href: film.pictures[picture] }, group);
      },
    };
    return (group, operations) => {
      for (const [kind, ...rest] of operations) draw[kind](group, ...rest);
    };
  }

  return { svg, penOf };
})();
